using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// Synthetic prices (see <see cref="SyntheticSeries"/>) of any symbol, for trying the system without data. Every answer made from them says so.
/// </summary>
internal sealed class SyntheticPriceSource(SymbolCatalog catalog, TimeProvider time) : IPriceSource
{
    private readonly ConcurrentDictionary<string, BarSeries> _series = new(StringComparer.Ordinal);

    public string Name => "synthetic";

    public bool IsSynthetic => true;

    public ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken) =>
        ValueTask.FromResult(catalog.TryNormalise(symbol, out var canonical)
            ? Series(canonical).EndingAt(time.LastClosedDay(lastDay), count)
            : null);

    public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var latest = new List<LatestPrice>(symbols.Count);
        foreach (var symbol in catalog.Normalise(symbols))
        {
            if (Series(symbol).Bars is { IsEmpty: false } bars)
            {
                latest.Add(new(symbol, bars.Span[^1].Close, bars.Span[^1].Day.EndOfDay()));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<LatestPrice>>(latest);
    }

    private BarSeries Series(string symbol)
    {
        var lastDay = time.LastClosedDay();
        if (_series.TryGetValue(symbol, out var cached) && (cached.Bars.IsEmpty ? lastDay < SyntheticSeries.FirstDay : cached.Bars.Span[^1].Day == lastDay))
        {
            return cached;
        }
        // Generated again when a day has passed: older bars stay the same, and it takes a fraction of a millisecond.
        var series = new BarSeries(symbol, SyntheticSeries.Generate(symbol, lastDay));
        // Any symbol may be asked for, so only the supported ones are cached.
        if (catalog.IsSupported(symbol))
        {
            _series[symbol] = series;
        }

        return series;
    }
}
