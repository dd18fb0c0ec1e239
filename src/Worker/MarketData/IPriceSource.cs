using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Where daily bars come from: a folder of CSV files, PostgreSQL, or a synthetic series. A source delivers closed bars only,
/// valid by <see cref="BarRules"/>, ascending, no day twice; whether a missing day or an old last bar matters is for its caller.
/// What breaks underneath passes through: an <see cref="IOException"/> of the folder, an <see cref="Npgsql.NpgsqlException"/> of the
/// database.
/// </summary>
internal interface IPriceSource
{
    /// <summary>The name answers give as <c>data_source</c>: <c>csv</c>, <c>postgres</c> or <c>synthetic</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Up to <paramref name="count"/> of the newest closed bars with a day of at most <paramref name="lastDay"/>; null where the source
    /// does not know the symbol, no bars where it knows it without prices.
    /// </summary>
    /// <exception cref="InvalidMarketDataException">The source holds data that is no valid bar.</exception>
    ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken);

    /// <summary>The newest price of each symbol the source knows, in no order and each once; a symbol it does not know is left out.</summary>
    /// <exception cref="InvalidMarketDataException">The source holds data that is no valid bar of one of the symbols.</exception>
    ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken);
}

/// <summary>A symbol's newest price, and the instant it stands for (a daily bar's is the end of its day).</summary>
internal sealed record LatestPrice(string Symbol, double Price, DateTimeOffset Time);

/// <summary>
/// A source holds data that is no valid bar, or no valid sentiment of one. The message says where, what was found and what was expected.
/// </summary>
internal sealed class InvalidMarketDataException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A source of prices, or of their sentiment, does not answer now. Whoever waits is refused; a durable request is kept until the source is back, since no other
/// would fare better.
/// </summary>
internal sealed class MarketDataUnavailableException(string source, Exception inner) : Exception($"the {source} does not answer; try again shortly", inner)
{
    /// <summary>Whether a failure is a source's, not this program's.</summary>
    public static bool IsCausedBy(Exception failure) => failure is Npgsql.NpgsqlException or TimeoutException or IOException or UnauthorizedAccessException;
}
