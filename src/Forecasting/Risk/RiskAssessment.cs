using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Risk;

/// <summary>The risk of a symbol, by its last 90 days.</summary>
/// <param name="Score">0..100, from the factors' scores.</param>
/// <param name="Level">The level of <paramref name="Score"/>.</param>
/// <param name="Volatility">Population std of the last 30 closes over their mean.</param>
/// <param name="PriceSwings">Largest less smallest of the last 7 closes over their mean.</param>
/// <param name="VolumeVolatility">Population std of the daily relative changes of volume.</param>
/// <param name="TrendStrength">Least-squares slope of the last 30 closes per day over their mean.</param>
/// <param name="Warnings">For people; never empty.</param>
public sealed record RiskAssessment(
    int Score, RiskLevel Level,
    FactorScore Volatility, FactorScore PriceSwings, FactorScore VolumeVolatility, FactorScore TrendStrength,
    IReadOnlyList<string> Warnings);

/// <summary>One factor of a risk score.</summary>
/// <param name="Raw">As computed, a fraction; a falling trend's is negative.</param>
/// <param name="Value">As answers give it: absolute, rounded to 4 decimals (the trend's to 6).</param>
/// <param name="Score">0..100, truncated from <paramref name="Raw"/> and the factor's own scale.</param>
/// <param name="Risk">The class of <paramref name="Score"/>.</param>
public sealed record FactorScore(double Raw, double Value, int Score, FactorRisk Risk)
{
    internal static FactorScore Of(double raw, double scale, int decimals = 4)
    {
        var size = Math.Abs(raw);
        var score = (int)Math.Min(100, size * scale);
        return new FactorScore(raw, Rounding.Decimals(size, decimals), score, score > 60 ? FactorRisk.High : score > 30 ? FactorRisk.Medium : FactorRisk.Low);
    }
}

/// <summary>The class of a factor's score.</summary>
public enum FactorRisk
{
    /// <summary>At most 30.</summary>
    Low,

    /// <summary>Above 30.</summary>
    Medium,

    /// <summary>Above 60.</summary>
    High,
}

/// <summary>The level of a risk score.</summary>
public enum RiskLevel
{
    /// <summary>Below 30.</summary>
    Low,

    /// <summary>Below 60.</summary>
    Medium,

    /// <summary>Below 80.</summary>
    High,

    /// <summary>From 80.</summary>
    Extreme,
}
