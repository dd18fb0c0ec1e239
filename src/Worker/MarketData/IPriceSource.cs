using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// A source of daily bars: a folder of CSV files, PostgreSQL, or a synthetic series. It returns closed bars only, valid by <see cref="BarRules"/>,
/// ascending, each day once. The caller decides whether a missing day or an old last bar matters. Failures below pass through: an <see
/// cref="IOException"/> of the folder, an <see cref="Npgsql.NpgsqlException"/> of the database.
/// </summary>
internal interface IPriceSource
{
    /// <summary>The source's name in answers (<c>data_source</c>): <c>csv</c>, <c>postgres</c> or <c>synthetic</c>.</summary>
    string Name { get; }

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

/// <summary>A symbol's newest price and its time: for a daily bar, the end of its day.</summary>
internal sealed record LatestPrice(string Symbol, double Price, DateTimeOffset Time);

/// <summary>A source contains an invalid bar, or invalid sentiment. The message says where, what was found and what was expected.</summary>
internal sealed class InvalidMarketDataException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A source of prices or sentiment is unavailable. An interactive request is refused; a durable request is retried until the source is available,
/// since every other request would fail too.
/// </summary>
internal sealed class MarketDataUnavailableException(string source, Exception inner) : Exception($"the {source} does not answer; try again shortly", inner)
{
    /// <summary>Whether a failure was caused by a source, not by this program.</summary>
    public static bool IsCausedBy(Exception failure) => failure is Npgsql.NpgsqlException or TimeoutException or IOException or UnauthorizedAccessException;
}
