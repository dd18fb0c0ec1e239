using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>
/// A source of the social features: a CSV file, a table, or none. It throws where it is unavailable or invalid: an answer with neutral sentiment
/// instead would be a different answer. Failures below pass through: an <see cref="IOException"/> of the file, an <see
/// cref="Npgsql.NpgsqlException"/> of the database.
/// </summary>
internal interface ISentimentSource
{
    /// <summary>The source's name in answers (<c>sentiment_source</c>): <c>csv</c>, <c>postgres</c> or <c>neutral</c>.</summary>
    string Name { get; }

    /// <summary>Whether no source is configured: every day is neutral.</summary>
    bool IsNeutral => false;

    /// <summary>
    /// At least the sentiment that the bars of a canonical symbol may use (see <see cref="SentimentSeries.KnownOn"/>). A day's sentiment of the
    /// symbol takes precedence over that of all symbols.
    /// </summary>
    /// <param name="series">At least one bar.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="InvalidMarketDataException">The source contains invalid sentiment.</exception>
    ValueTask<SentimentSeries> ReadAsync(BarSeries series, CancellationToken cancellationToken);
}

/// <summary>Used where no source is configured: every day is neutral, and every answer says so.</summary>
internal sealed class NoSentimentSource : ISentimentSource
{
    public string Name => SentimentSeries.Neutral.Source;

    public bool IsNeutral => true;

    public ValueTask<SentimentSeries> ReadAsync(BarSeries series, CancellationToken cancellationToken) => ValueTask.FromResult(SentimentSeries.Neutral);
}
