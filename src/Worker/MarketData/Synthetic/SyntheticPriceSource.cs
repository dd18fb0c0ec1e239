using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// Invented prices (see <see cref="SyntheticSeries"/>) for any symbol, for trying the system without data. Every answer made from
/// them says so.
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
        if (_series.TryGetValue(symbol, out var kept) && (kept.Bars.IsEmpty ? lastDay < SyntheticSeries.FirstDay : kept.Bars.Span[^1].Day == lastDay))
        {
            return kept;
        }
        // Invented anew when a day has passed: the older bars come out the same, in a fraction of a millisecond.
        var series = new BarSeries(symbol, SyntheticSeries.Generate(symbol, lastDay));
        // Anybody may ask for any symbol, so only the configured ones may take memory.
        if (catalog.IsSupported(symbol))
        {
            _series[symbol] = series;
        }

        return series;
    }
}
