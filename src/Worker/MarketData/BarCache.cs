using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// The bars of the database that answers were made from lately, by symbol. They are read anew when the symbol's version ends, as its cached answers do: with a
/// new or corrected bar; when another day is over; and after <see cref="PricesOptions.KeepFor"/>, for what others write to the tables. Other sources have their
/// bars in memory anyway.
/// </summary>
internal sealed class BarCache(IPriceSource source, SymbolCatalog catalog, IOptions<PricesOptions> options, TimeProvider time)
{
    // Read and kept in steps, so that questions about neighbouring days find each other's bars.
    private const int Step = 128;

    // A question about a day further back reads its own bars, and keeps none.
    private const int MaxBars = 12 * Step;

    // Every symbol that predictions are made for, and so many of those that only risk is asked of.
    private readonly int _maxSymbols = catalog.Supported.Count + 500;

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>As <see cref="IPriceSource.ReadAsync"/>.</summary>
    /// <param name="symbol">The canonical symbol.</param>
    /// <param name="version">The symbol's, taken before anything was read; null to read what the source has now.</param>
    /// <param name="lastDay">The last day that counts.</param>
    /// <param name="count">Bars at most.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async ValueTask<BarSeries?> ReadAsync(string symbol, CacheVersion? version, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        var closed = time.LastClosedDay();
        var last = lastDay < closed ? lastDay : closed;
        // With so many up to the last closed day, there are enough up to the day asked for: no more than one a day follows it.
        var wanted = (long)count + (closed.DayNumber - last.DayNumber);
        wanted += Step - 1 - ((wanted - 1) % Step);
        if (!source.IsRemote || options.Value.KeepFor <= TimeSpan.Zero || wanted > MaxBars || version is not { IsShared: true } shared)
        {
            return await source.ReadAsync(symbol, lastDay, count, cancellationToken);
        }

        if (_kept.TryGetValue(symbol, out var kept) && kept.Version == shared && kept.Through == closed && kept.Count >= wanted
            && time.GetElapsedTime(kept.ReadAt) < options.Value.KeepFor)
        {
            return kept.Series.EndingAt(last, count);
        }

        var started = time.GetTimestamp();
        BarSeries? series;
        try
        {
            series = await source.ReadAsync(symbol, closed, (int)wanted, cancellationToken);
        }
        catch (InvalidMarketDataException)
        {
            // The bar at fault may be one that was not asked for.
            return await source.ReadAsync(symbol, lastDay, count, cancellationToken);
        }

        if (series is null)
        {
            return null;
        }

        if (_kept.Count >= _maxSymbols && !_kept.ContainsKey(symbol))
        {
            _kept.TryRemove(_kept.MinBy(pair => pair.Value.ReadAt));
        }

        _kept[symbol] = new Kept(series, shared, closed, (int)wanted, started);
        return series.EndingAt(last, count);
    }

    /// <summary>The newest <paramref name="Count"/> bars up to a day, or all where there are fewer.</summary>
    private sealed record Kept(BarSeries Series, CacheVersion Version, DateOnly Through, int Count, long ReadAt);
}
