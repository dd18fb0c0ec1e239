using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Health;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>
/// The texts that a property of an answer may have, where their list is closed. Sources of data are not here, since new ones are added; nor is what other
/// systems may have recorded.
/// </summary>
internal static class AnswerValues
{
    private static readonly string[] Directions = ["bearish", "neutral", "bullish"];
    private static readonly string[] Levels = ["low", "medium", "high"];

    private static readonly Dictionary<(Type Type, string Property), IReadOnlyList<string>> ByProperty = new()
    {
        [(typeof(PredictionAnswer), nameof(PredictionAnswer.Timeframe))] = Timeframes.All,
        [(typeof(EnsembleAnswer), nameof(EnsembleAnswer.Timeframe))] = Timeframes.All,
        [(typeof(PricePrediction), nameof(PricePrediction.Direction))] = Directions,
        [(typeof(PricePrediction), nameof(PricePrediction.Confidence))] = Levels,
        [(typeof(Indicators), nameof(Indicators.Macd))] = ["bearish", "bullish"],
        [(typeof(Indicators), nameof(Indicators.VolumeTrend))] = ["decreasing", "stable", "increasing"],
        [(typeof(FeatureContributions), nameof(FeatureContributions.Method))] = ["shapley", "sampled_shapley"],
        [(typeof(FeatureContributions), nameof(FeatureContributions.Direction))] = Directions,
        [(typeof(EnsembleMetadata), nameof(EnsembleMetadata.Method))] = [.. EnsembleMethods.All, "single_model"],
        [(typeof(EnsembleMetadata), nameof(EnsembleMetadata.IndividualDirections))] = Directions,
        [(typeof(BacktestAnswer), nameof(BacktestAnswer.Timeframe))] = Timeframes.All,
        [(typeof(BacktestedDay), nameof(BacktestedDay.Direction))] = Directions,
        [(typeof(BacktestedDay), nameof(BacktestedDay.ActualDirection))] = Directions,
        [(typeof(RiskAnswer), nameof(RiskAnswer.RiskLevel))] = [.. Levels, "extreme"],
        [(typeof(RiskFactor), nameof(RiskFactor.Risk))] = Levels,
        [(typeof(AlertRule), nameof(AlertRule.When))] = AlertConditions.All,
        [(typeof(AlertRule), nameof(AlertRule.Class))] = Directions,
        [(typeof(AlertRule), nameof(AlertRule.Timeframe))] = Timeframes.All,
        [(typeof(Alert), nameof(Alert.When))] = AlertConditions.All,
        [(typeof(Alert), nameof(Alert.Timeframe))] = Timeframes.All,
        [(typeof(ModelInfo), nameof(ModelInfo.Status))] = [ModelInfo.Trained, ModelInfo.NotTrained],
        [(typeof(TrainingResult), nameof(TrainingResult.Outcome))] = [TrainingResult.Promoted, TrainingResult.Kept],
        [(typeof(Health.Health), nameof(Health.Health.Status))] = ["healthy"],
        [(typeof(Liveness), nameof(Liveness.Status))] = ["alive"],
        [(typeof(Readiness), nameof(Readiness.Status))] = [Readiness.IsReady, Readiness.IsNotReady],
    };

    /// <summary>Every property with a closed list, and its list.</summary>
    public static IReadOnlyDictionary<(Type Type, string Property), IReadOnlyList<string>> All => ByProperty;
}
