using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// Where the social features come from: a CSV file, a table, or nowhere. One that is away or faulty throws, since an answer that took it for
/// neutral would be another one. What breaks underneath passes through: an <see cref="IOException"/> of the file, an
/// <see cref="Npgsql.NpgsqlException"/> of the database.
/// </summary>
internal interface ISentimentSource
{
    /// <summary>The name answers give as <c>sentiment_source</c>: <c>csv</c>, <c>postgres</c> or <c>neutral</c>.</summary>
    string Name { get; }

    /// <summary>Whether no source is configured: every day is neutral.</summary>
    bool IsNeutral => false;

    /// <summary>
    /// At least what the bars of a canonical symbol may know (see <see cref="SentimentSeries.KnownOn"/>). A day's sentiment of the symbol goes before that of
    /// all symbols.
    /// </summary>
    /// <param name="series">At least one bar.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidMarketDataException">The source holds data that is no valid sentiment.</exception>
    ValueTask<SentimentSeries> ReadAsync(BarSeries series, CancellationToken cancellationToken);
}

/// <summary>No source is configured: every day is neutral, and every answer says so.</summary>
internal sealed class NoSentimentSource : ISentimentSource
{
    public string Name => SentimentSeries.Neutral.Source;

    public bool IsNeutral => true;

    public ValueTask<SentimentSeries> ReadAsync(BarSeries series, CancellationToken cancellationToken) => ValueTask.FromResult(SentimentSeries.Neutral);
}
