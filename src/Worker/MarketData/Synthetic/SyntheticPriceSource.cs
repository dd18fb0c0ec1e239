using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// Synthetic prices (see <see cref="SyntheticSeries"/>) of any symbol, for trying the system without data. Every answer made from them says so.
/// </summary>
internal sealed class SyntheticPriceSource(SymbolCatalog catalog, TimeProvider time) : IPriceSource
{
    private volatile SyntheticMarket _market = SyntheticMarket.Through(time.LastClosedDay());
    private readonly ConcurrentDictionary<string, BarSeries> _series = new(StringComparer.Ordinal);

    /// <summary>The name of invented prices in answers, wherever they are stored.</summary>
    public const string SourceName = "synthetic";

    public string Name => SourceName;

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
                latest.Add(new(symbol, bars.Span[^1].Close, bars.Span[^1].Day.EndOfDay(), IsSynthetic: true));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<LatestPrice>>(latest);
    }

    private BarSeries Series(string symbol)
    {
        var market = Market();
        if (_series.TryGetValue(symbol, out var cached) && cached.Bars.Length == market.Days)
        {
            return cached;
        }
        // Generated again when a day has passed: older bars stay the same, and it takes less than a millisecond.
        var series = new BarSeries(symbol, SyntheticSeries.Generate(market, symbol)) { IsSynthetic = true };
        // Any symbol may be asked for, so only the supported ones are cached.
        if (catalog.IsSupported(symbol))
        {
            _series[symbol] = series;
        }

        return series;
    }

    private SyntheticMarket Market()
    {
        var lastDay = time.LastClosedDay();
        var market = _market;
        if (market.LastDay != lastDay)
        {
            _market = market = SyntheticMarket.Through(lastDay);
        }

        return market;
    }
}
