using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Worker.Prices;

namespace Coinsphere.Messaging.Worker.Predictions;

/// <summary>What models look at: a symbol's bars and their features.</summary>
internal sealed record PredictionInputs(BarSeries Series, FeatureTable Features, Sentiment Sentiment, string Source)
{
    /// <summary>Reads the bars that windows of so many steps need, and computes their features; or says why they cannot be had.</summary>
    public static async Task<Outcome<PredictionInputs>> ReadAsync(PriceHistory prices, PredictionQuery query, int steps, CancellationToken cancellationToken)
    {
        var read = await prices.ReadAsync(query.Symbol, query.AsOf, FeatureEngineer.BarsToFetch(steps), cancellationToken);
        if (read.IsRefused)
            return read.Refusal;
        var series = read.Answer;
        var needed = FeatureEngineer.BarsNeeded(series, steps);
        if (series.Bars.Length < needed)
            return TooShort($"{series.Symbol} has {series.Bars.Length} daily bars up to {series.Bars.Span[^1].Day:O}: a window of {steps} needs {needed}");
        if (PriceHistory.MissingDay(series, steps) is { } gap)
            return gap;

        var features = FeatureEngineer.Compute(series, Sentiment.Neutral);
        if (!features.EndsAtLastBar)
            return TooShort($"the features of {series.Symbol} cannot all be computed for its last bar of {series.Bars.Span[^1].Day:O}");
        if (features.Rows < steps)
            return TooShort($"{series.Symbol} has {features.Rows} bars with all features up to {series.Bars.Span[^1].Day:O}: a window has {steps}");
        return new PredictionInputs(series, features, Sentiment.Neutral, prices.Source);
    }

    private static RequestRefused TooShort(string detail) => new(RefusalReason.InsufficientHistory, detail);
}
