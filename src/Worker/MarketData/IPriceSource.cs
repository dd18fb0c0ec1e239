using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// A source of daily bars: a folder of CSV files, PostgreSQL, or a synthetic series. It returns closed bars only, valid by <see cref="BarRules"/>,
/// ascending, each day once. The caller decides whether a missing day or an old last bar matters. Failures below pass through: an <see
/// cref="IOException"/> of the folder, an <see cref="Npgsql.NpgsqlException"/> of the database.
/// </summary>
internal interface IPriceSource
{
    /// <summary>The source's name in answers (<c>data_source</c>), except of series that say they are synthetic.</summary>
    string Name { get; }

    /// <summary>Whether a read asks a server, so that bars are worth caching. Other sources have their bars in memory.</summary>
    bool IsRemote => false;

    /// <summary>
    /// Up to <paramref name="count"/> of the newest closed bars, none later than <paramref name="lastDay"/>. Null where the source does not know the
    /// symbol; empty where it knows the symbol but has no prices of it.
    /// </summary>
    /// <exception cref="InvalidMarketDataException">The source contains an invalid bar.</exception>
    ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken);

    /// <summary>The newest price of each symbol that the source knows, in any order, each once. Unknown symbols are left out.</summary>
    /// <exception cref="InvalidMarketDataException">The source contains an invalid bar of one of the symbols.</exception>
    ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken);
}

/// <summary>A symbol's newest price, its time (for a daily bar, the end of its day), and whether it is invented.</summary>
internal sealed record LatestPrice(string Symbol, double Price, DateTimeOffset Time, bool IsSynthetic = false)
{
    /// <summary>The price of the last bar of a series.</summary>
    public static LatestPrice Of(BarSeries series, TimeProvider time)
    {
        var bar = series.Bars.Span[^1];
        return Of(series.Symbol, bar.Close, bar.Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc), time) with { IsSynthetic = series.IsSynthetic };
    }

    /// <summary>
    /// The price of a row that begins at an instant. A row that begins with its day has the price of the day's end, or of now while the day is open. A
    /// row of a part of a day has its own time.
    /// </summary>
    public static LatestPrice Of(string symbol, double price, DateTime start, TimeProvider time)
    {
        var instant = new DateTimeOffset(start, TimeSpan.Zero);
        if (instant.TimeOfDay == TimeSpan.Zero)
        {
            var (end, now) = (DateOnly.FromDateTime(start).EndOfDay(), time.GetUtcNow());
            instant = end < now ? end : now;
        }

        return new(symbol, price, instant);
    }
}
