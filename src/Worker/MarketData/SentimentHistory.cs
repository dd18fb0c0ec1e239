using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Worker.MarketData;

/// <summary>The sentiment that an answer is made from, or the refusal. A source that fails is not treated as neutral.</summary>
internal sealed class SentimentHistory(ISentimentSource source, TimeProvider time, Conditions conditions)
{
    private const string Name = "sentiment";

    private readonly SourceWatch _watch = new(Name, conditions, time);

    /// <summary>The sentiment that bars may use.</summary>
    /// <exception cref="MarketDataUnavailableException">The source is unavailable.</exception>
    public async Task<Result<SentimentSeries>> ReadAsync(BarSeries series, CancellationToken cancellationToken)
    {
        try
        {
            var read = await source.ReadAsync(series, cancellationToken);
            _watch.Answered();
            return read;
        }
        catch (InvalidMarketDataException fault)
        {
            return new RequestRefused(RefusalReason.PricesRejected, $"the sentiment source {source.Name} contains invalid data: {fault.Message}");
        }
        catch (Exception failure) when (MarketDataUnavailableException.IsCausedBy(failure))
        {
            _watch.Failed(
                $"sentiment source {source.Name} does not answer: {failure.Message.ReplaceLineEndings(" ")}",
                async () => await source.ReadAsync(series, CancellationToken.None));
            throw new MarketDataUnavailableException($"sentiment source {source.Name}", failure);
        }
    }
}
