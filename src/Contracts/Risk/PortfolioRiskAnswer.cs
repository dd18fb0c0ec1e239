using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// The answer to <see cref="PortfolioRiskRequested"/>. Fractions have 6 decimals; losses are positive fractions of the portfolio's value. Not financial
/// advice.
/// </summary>
/// <param name="Holdings">In the order of the request.</param>
/// <param name="Volatility7Days">The expected standard deviation of the log return over 7 days.</param>
/// <param name="Volatility30Days">The same over 30 days.</param>
/// <param name="ValueAtRisk95">The loss over 7 days that is exceeded with a probability of 5 %.</param>
/// <param name="ExpectedShortfall95">The loss over 7 days that is to be expected in the worst 5 % of outcomes.</param>
/// <param name="DiversificationRatio">The weighted mean of the holdings' volatilities over the portfolio's; 1 where all move together. 4 decimals.</param>
/// <param name="CommonDays">The number of daily returns, out of 365, that all holdings have: the correlations come from them.</param>
/// <param name="AnalyzedAt">When the answer was computed.</param>
/// <param name="CacheExpiresAt">The same instant: these answers are not cached.</param>
/// <param name="DataAsOf">The UTC day of the last bar used, which all holdings have.</param>
/// <param name="DataSource">Where the bars came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented, some or all of them).</param>
public sealed record PortfolioRiskAnswer(
    [property: JsonPropertyName("holdings")] IReadOnlyList<HoldingRisk> Holdings,
    [property: JsonPropertyName("volatility_7d"), JsonConverter(typeof(PlainNumberConverter))] double Volatility7Days,
    [property: JsonPropertyName("volatility_30d"), JsonConverter(typeof(PlainNumberConverter))] double Volatility30Days,
    [property: JsonPropertyName("value_at_risk_95_7d"), JsonConverter(typeof(PlainNumberConverter))] double ValueAtRisk95,
    [property: JsonPropertyName("expected_shortfall_95_7d"), JsonConverter(typeof(PlainNumberConverter))] double ExpectedShortfall95,
    [property: JsonPropertyName("diversification_ratio"), JsonConverter(typeof(PlainNumberConverter))] double DiversificationRatio,
    [property: JsonPropertyName("common_days")] int CommonDays,
    [property: JsonPropertyName("analyzed_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset AnalyzedAt,
    [property: JsonPropertyName("cache_expires_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset CacheExpiresAt,
    [property: JsonPropertyName("data_as_of")] DateOnly DataAsOf,
    [property: JsonPropertyName("data_source")] string DataSource)
{
    /// <summary>SHA-256 of the bars that were read, lower-case hex.</summary>
    [JsonPropertyName("inputs_digest")]
    public string? InputsDigest { get; init; }

    /// <summary>SHA-256 of the numbers that the forecasts were made with, lower-case hex.</summary>
    [JsonPropertyName("volatility_digest")]
    public string? VolatilityDigest { get; init; }

    /// <summary>Warnings about the data, as sentences for people, such as days that a holding lacks; empty where there are none.</summary>
    [JsonPropertyName("data_warnings")]
    public IReadOnlyList<string> DataWarnings { get; init => field = value is { Count: > 0 } ? value : []; } = [];
}

/// <summary>A holding's part of a portfolio's risk.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Weight">The weight of the request.</param>
/// <param name="RiskScore">The symbol's own risk score, 0 (calm) to 100.</param>
/// <param name="RiskContribution">
/// Its share of the portfolio's variance over 7 days, a fraction, 6 decimals; they add up to 1. Below 0 for a holding that moves against the others.
/// </param>
public sealed record HoldingRisk(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("weight"), JsonConverter(typeof(PlainNumberConverter))] double Weight,
    [property: JsonPropertyName("risk_score")] int RiskScore,
    [property: JsonPropertyName("risk_contribution"), JsonConverter(typeof(PlainNumberConverter))] double RiskContribution);
