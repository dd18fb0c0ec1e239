using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Ensembles;
using Coinsphere.Messaging.Forecasting.Explanations;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>Converts forecasts to parts of an answer.</summary>
internal static class AnswerParts
{
    public static PricePrediction Prediction(Forecast forecast) => new(
        forecast.Direction.Name(),
        forecast.Confidence.Name(),
        forecast.ConfidenceScore,
        forecast.TargetPrice,
        new PriceRange(forecast.TargetPriceRange.Low, forecast.TargetPriceRange.High),
        forecast.CurrentPrice,
        forecast.PotentialGain,
        new ClassProbabilities(forecast.Probabilities[0], forecast.Probabilities[1], forecast.Probabilities[2]),
        forecast.Interval is { } interval ? new PriceInterval(PriceQuantiles.Coverage, interval.Low, interval.High) : null)
    {
        ExpectedVolatility = forecast.ExpectedVolatility,
        Quantiles = forecast.Quantiles is { } prices ? [.. PriceQuantiles.Levels.Zip(prices, (q, price) => new PriceQuantile(q, price))] : null,
    };

    /// <summary>A fraction as answers give it.</summary>
    public static double Fraction(double value) => Rounding.Decimals(value, 6);

    public static Indicators Indicators(Forecast forecast) => new(
        forecast.Indicators.Rsi, forecast.Indicators.Macd.Name(), forecast.Indicators.VolumeTrend.Name(), forecast.Indicators.SocialSentiment);

    public static FeatureContributions Contributions(Contributions contributions, Direction direction) => new(
        contributions.Method, direction.Name(), Rounding.Decimals(contributions.Baseline, 6), Rounding.Decimals(contributions.Probability, 6),
        [.. contributions.Largest(FeatureNames.Count).Select(part => new FeatureContribution(part.Feature, Rounding.Decimals(part.Value, 6)))]);

    public static EnsembleMethod Method(string name) =>
        Enum.GetValues<EnsembleMethod>().Single(method => method.Name() == name);

    public static EnsembleMetadata Metadata(EnsembleSummary metadata) => new(
        metadata.Method.Name(), metadata.ModelsUsed, metadata.ModelNames, metadata.Weights, metadata.IndividualConfidences, metadata.CombinedProbabilities)
    {
        VoteCounts = metadata.Vote is { } vote
            ? Enum.GetValues<Direction>().ToDictionary(direction => direction.Name(), direction => vote.Counts[(int)direction])
            : null,
        VoteRatio = metadata.Vote?.Ratio,
        IndividualDirections = metadata.Vote?.Directions.Select(direction => direction.Name()).ToArray(),
        SelectedModel = metadata.Selection?.Model,
        SelectedConfidence = metadata.Selection?.Confidence,
        AllConfidences = metadata.Selection?.AllConfidences,
    };
}
