using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Worker.Prices;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Sentiments;

/// <summary>The sentiment an answer is made from, or why there is none to make it from: a source that fails is not neutral.</summary>
internal sealed partial class SentimentHistory(ISentimentSource source, ILogger<SentimentHistory> logger)
{
    /// <summary>What bars may know.</summary>
    /// <exception cref="PricesAwayException">The source does not answer.</exception>
    public async Task<Outcome<SentimentSeries>> ReadAsync(BarSeries series, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(series, cancellationToken);
        }
        catch (PriceDataException fault)
        {
            return new RequestRefused(RefusalReason.PricesRejected, $"the sentiment source {source.Name} is faulty: {fault.Message}");
        }
        catch (Exception failure) when (PricesAwayException.IsCausedBy(failure))
        {
            LogAway(failure, source.Name, series.Symbol);
            throw new PricesAwayException($"sentiment source {source.Name}", failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Sentiment source {Source} does not answer for {Symbol}")]
    private partial void LogAway(Exception exception, string source, string symbol);
}
