namespace Coinsphere.Messaging.Contracts;

/// <summary>The conditions of alert rules.</summary>
public static class AlertConditions
{
    /// <summary>The direction of a new prediction is another one than before.</summary>
    public const string DirectionChanged = "direction_changed";

    /// <summary>The probability of a class is above a threshold, 0..1.</summary>
    public const string ProbabilityAbove = "probability_above";

    /// <summary>The probability of a class is below a threshold, 0..1.</summary>
    public const string ProbabilityBelow = "probability_below";

    /// <summary>The expected volatility over the horizon is above a threshold, a fraction.</summary>
    public const string VolatilityAbove = "volatility_above";

    /// <summary>The predicted range is wider than a threshold, as a fraction of the current price.</summary>
    public const string IntervalWiderThan = "interval_wider_than";

    /// <summary>The risk score is above a threshold, 0..100.</summary>
    public const string RiskScoreAbove = "risk_score_above";

    /// <summary>The risk level is another one than before.</summary>
    public const string RiskLevelChanged = "risk_level_changed";

    /// <summary>A close lies outside the range that was predicted for the end of a horizon, on its last day or before.</summary>
    public const string PriceLeftInterval = "price_left_interval";

    /// <summary>The newest bar closed more days ago than a threshold.</summary>
    public const string DataOlderThan = "data_older_than";

    /// <summary>The service measures that a model's predictions are worse than the base rate.</summary>
    public const string ModelAlarm = "model_alarm";

    /// <summary>Every condition.</summary>
    public static IReadOnlyList<string> All { get; } =
        [
            DirectionChanged, ProbabilityAbove, ProbabilityBelow, VolatilityAbove, IntervalWiderThan, RiskScoreAbove, RiskLevelChanged, PriceLeftInterval,
            DataOlderThan, ModelAlarm,
        ];

    /// <summary>Whether a condition compares the probability of a class.</summary>
    public static bool HasClass(string condition) => condition is ProbabilityAbove or ProbabilityBelow;

    /// <summary>Whether a condition is about predictions of one horizon.</summary>
    public static bool HasTimeframe(string condition) =>
        condition is DirectionChanged or ProbabilityAbove or ProbabilityBelow or VolatilityAbove or IntervalWiderThan or PriceLeftInterval;

    /// <summary>Whether a condition has a threshold.</summary>
    public static bool HasValue(string condition) =>
        condition is ProbabilityAbove or ProbabilityBelow or VolatilityAbove or IntervalWiderThan or RiskScoreAbove or DataOlderThan;
}
