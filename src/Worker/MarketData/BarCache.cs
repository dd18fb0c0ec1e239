using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Bars of the database that recent answers were made from, by symbol. They are read again when the symbol's cache version changes (with a new or
/// corrected bar), when another day is over, and after <see cref="PricesOptions.KeepFor"/>, since other programs write to the tables too. Other
/// sources have their bars in memory anyway, and are not cached.
/// </summary>
internal sealed class BarCache(IPriceSource source, SymbolCatalog catalog, IOptions<PricesOptions> options, TimeProvider time)
{
    // Counts are rounded up to this step, so that questions about neighbouring days share cached bars.
    private const int Step = 128;

    // A question about a day further back reads its own bars, and caches none.
    private const int MaxBars = 12 * Step;

    // Every supported symbol, and this many of those that are only asked for risk.
    private readonly int _maxSymbols = catalog.Supported.Count + 500;

    private readonly ConcurrentDictionary<string, CachedBars> _cached = new(StringComparer.Ordinal);

    /// <summary>As <see cref="IPriceSource.ReadAsync"/>.</summary>
    /// <param name="symbol">The canonical symbol.</param>
    /// <param name="version">The symbol's cache version, taken before anything was read; null to bypass the cache.</param>
    /// <param name="lastDay">The newest day to return.</param>
    /// <param name="count">The most bars to return.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async ValueTask<BarSeries?> ReadAsync(string symbol, CacheVersion? version, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        var closed = time.LastClosedDay();
        var last = lastDay < closed ? lastDay : closed;
        // Read that many bars up to the last closed day. At most one bar a day follows the day asked for, so enough bars lie before it.
        var wanted = (long)count + (closed.DayNumber - last.DayNumber);
        wanted += Step - 1 - ((wanted - 1) % Step);
        if (!source.IsRemote || options.Value.KeepFor <= TimeSpan.Zero || wanted > MaxBars || version is not { IsShared: true } shared)
        {
            return await source.ReadAsync(symbol, lastDay, count, cancellationToken);
        }

        if (_cached.TryGetValue(symbol, out var cached) && cached.Version == shared && cached.Through == closed && cached.Count >= wanted
            && time.GetElapsedTime(cached.ReadAt) < options.Value.KeepFor)
        {
            return cached.Series.EndingAt(last, count);
        }

        var started = time.GetTimestamp();
        BarSeries? series;
        try
        {
            series = await source.ReadAsync(symbol, closed, (int)wanted, cancellationToken);
        }
        catch (InvalidMarketDataException)
        {
            // The invalid bar may be outside what was asked for: read exactly that.
            return await source.ReadAsync(symbol, lastDay, count, cancellationToken);
        }

        if (series is null)
        {
            return null;
        }

        if (_cached.Count >= _maxSymbols && !_cached.ContainsKey(symbol))
        {
            _cached.TryRemove(_cached.MinBy(pair => pair.Value.ReadAt));
        }

        _cached[symbol] = new CachedBars(series, shared, closed, (int)wanted, started);
        return series.EndingAt(last, count);
    }

    /// <summary>The newest <paramref name="Count"/> bars up to a day, or all where there are fewer.</summary>
    private sealed record CachedBars(BarSeries Series, CacheVersion Version, DateOnly Through, int Count, long ReadAt);
}
