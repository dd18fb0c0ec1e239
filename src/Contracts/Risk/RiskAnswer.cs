using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The answer to <see cref="RiskRequested"/>: one shape on the bus, in the cache and over HTTP. Not financial advice.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="RiskScore">0 (calm) to 100.</param>
/// <param name="RiskLevel"><c>low</c> below 30, <c>medium</c> below 60, <c>high</c> below 80, else <c>extreme</c>.</param>
/// <param name="RiskFactors">The factors of the score.</param>
/// <param name="Warnings">Sentences for people; where there is no warning, one sentence says so.</param>
/// <param name="AnalyzedAt">When the answer was computed.</param>
/// <param name="CacheExpiresAt">When it expires: exactly the cache's lifetime after <paramref name="AnalyzedAt"/>.</param>
/// <param name="DataAsOf">The UTC day of the last bar used.</param>
/// <param name="DataSource">Where the bars came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented).</param>
/// <param name="InputsDigest">SHA-256 of the bars that were read, lower-case hex. Null in answers of older services.</param>
public sealed record RiskAnswer(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("risk_score")] int RiskScore,
    [property: JsonPropertyName("risk_level")] string RiskLevel,
    [property: JsonPropertyName("risk_factors")] RiskFactors RiskFactors,
    [property: JsonPropertyName("warnings")] IReadOnlyList<string> Warnings,
    [property: JsonPropertyName("analyzed_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset AnalyzedAt,
    [property: JsonPropertyName("cache_expires_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset CacheExpiresAt,
    [property: JsonPropertyName("data_as_of")] DateOnly DataAsOf,
    [property: JsonPropertyName("data_source")] string DataSource,
    [property: JsonPropertyName("inputs_digest")] string? InputsDigest = null)
{
    /// <summary>Warnings about the data, as sentences for people; empty where there are none. <see cref="Warnings"/> is about the risk.</summary>
    /// <remarks>Answers of older services do not have this field.</remarks>
    [JsonPropertyName("data_warnings")]
    public IReadOnlyList<string> DataWarnings { get; init => field = value is { Count: > 0 } ? value : []; } = [];

    /// <summary>How much the price may move; left out where it has not moved, which a warning says, and in answers of older services.</summary>
    [JsonPropertyName("forecast"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RiskForecast? Forecast { get; init; }

    /// <summary>SHA-256 of the numbers that the forecast was made with, lower-case hex. Null in answers of older services.</summary>
    [JsonPropertyName("volatility_digest"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? VolatilityDigest { get; init; }

    /// <summary>
    /// What a portfolio may lose, where the request has <see cref="RiskRequested.PortfolioAllocation"/> and the answer a forecast; else left out. Events and
    /// the cache never have it: it is the caller's.
    /// </summary>
    [JsonPropertyName("portfolio"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PortfolioLoss? Portfolio { get; init; }

    /// <summary>The answer for a caller who holds that share of a portfolio; the same where there is no share or no forecast.</summary>
    /// <param name="allocation">0..1.</param>
    public RiskAnswer For(double? allocation) => allocation is { } share && Forecast is { } forecast
        ? this with { Portfolio = new(Times(forecast.ValueAtRisk95, share), Times(forecast.ExpectedShortfall95, share)) }
        : this;

    // The decimal product of two short decimals is exact.
    private static double Times(double loss, double share) => (double)Math.Round((decimal)loss * (decimal)share, 6);
}

/// <summary>The four factors of a risk score.</summary>
/// <param name="Volatility">Standard deviation over mean of 30 closes; weight 0.4.</param>
/// <param name="PriceSwings">Range over mean of 7 closes; weight 0.3.</param>
/// <param name="VolumeVolatility">Standard deviation of 90 days' relative volume changes; weight 0.2.</param>
/// <param name="TrendStrength">Absolute slope of 30 closes per day over their mean; weight 0.1.</param>
public sealed record RiskFactors(
    [property: JsonPropertyName("volatility")] RiskFactor Volatility,
    [property: JsonPropertyName("priceSwings")] RiskFactor PriceSwings,
    [property: JsonPropertyName("volumeVolatility")] RiskFactor VolumeVolatility,
    [property: JsonPropertyName("trendStrength")] RiskFactor TrendStrength);

/// <summary>One factor of a risk score.</summary>
/// <param name="Value">The measured quantity as a fraction, 4 decimals (trend strength 6).</param>
/// <param name="Score">0 to 100, truncated.</param>
/// <param name="Risk"><c>high</c> above 60, <c>medium</c> above 30, else <c>low</c>.</param>
public sealed record RiskFactor(
    [property: JsonPropertyName("value"), JsonConverter(typeof(PlainNumberConverter))] double Value,
    [property: JsonPropertyName("score")] int Score,
    [property: JsonPropertyName("risk")] string Risk);
