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

    /// <summary>Whether the prices are invented.</summary>
    bool IsSynthetic => false;

    /// <summary>Whether a read asks a server, so that bars are worth caching. Other sources have their bars in memory.</summary>
    bool IsRemote => false;

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

