using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Hosting;
using Coinsphere.Messaging.Worker.Prices;

namespace Coinsphere.Messaging.Worker.Sentiments;

/// <summary>The sentiment an answer is made from, or why there is none to make it from: a source that fails is not neutral.</summary>
internal sealed class SentimentHistory(ISentimentSource source, Conditions conditions)
{
    private const string Name = "sentiment";

    private volatile bool _isAway;

    /// <summary>What bars may know.</summary>
    /// <exception cref="PricesAwayException">The source does not answer.</exception>
    public async Task<Outcome<SentimentSeries>> ReadAsync(BarSeries series, CancellationToken cancellationToken)
    {
        try
        {
            var read = await source.ReadAsync(series, cancellationToken);
            if (_isAway)
            {
                _isAway = false;
                conditions.Clear(Name);
            }

            return read;
        }
        catch (PriceDataException fault)
        {
            return new RequestRefused(RefusalReason.PricesRejected, $"the sentiment source {source.Name} is faulty: {fault.Message}");
        }
        catch (Exception failure) when (PricesAwayException.IsCausedBy(failure))
        {
            _isAway = true;
            conditions.Note(Name, $"sentiment source {source.Name} does not answer: {failure.Message.ReplaceLineEndings(" ")}");
            throw new PricesAwayException($"sentiment source {source.Name}", failure);
        }
    }
}
