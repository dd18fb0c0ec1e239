using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Ensembles;
using Coinsphere.Messaging.Forecasting.Risk;

namespace Coinsphere.Messaging.Worker;

/// <summary>The names of enum values in answers, events and records.</summary>
internal static class AnswerNames
{
    /// <summary><c>bearish</c>, <c>neutral</c> or <c>bullish</c>.</summary>
    public static string Name(this Direction direction) => Lower(direction);

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>.</summary>
    public static string Name(this Confidence confidence) => Lower(confidence);

    /// <summary><c>bearish</c> or <c>bullish</c>.</summary>
    public static string Name(this MacdTrend trend) => Lower(trend);

    /// <summary><c>decreasing</c>, <c>stable</c> or <c>increasing</c>.</summary>
    public static string Name(this VolumeTrend trend) => Lower(trend);

    /// <summary><c>low</c>, <c>medium</c> or <c>high</c>.</summary>
    public static string Name(this FactorRisk risk) => Lower(risk);

    /// <summary><c>low</c>, <c>medium</c>, <c>high</c> or <c>extreme</c>.</summary>
    public static string Name(this RiskLevel level) => Lower(level);

    /// <summary><c>weighted_average</c>, <c>majority_voting</c>, <c>max_confidence</c> or <c>single_model</c>.</summary>
    public static string Name(this EnsembleMethod method) => method switch
    {
        EnsembleMethod.WeightedAverage => "weighted_average",
        EnsembleMethod.MajorityVoting => "majority_voting",
        EnsembleMethod.MaxConfidence => "max_confidence",
        EnsembleMethod.SingleModel => "single_model",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Expected a known method."),
    };

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
