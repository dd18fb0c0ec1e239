using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.AspNetPeer;

internal sealed record PredictionRequest(string Symbol, string? Timeframe, DateOnly? AsOf);

internal sealed record RiskRequest(string Symbol, DateOnly? AsOf);

internal sealed record PredictionAnswer(
    string Symbol, string Timeframe, Prediction Prediction, Indicators Indicators, string Explanation,
    [property: JsonPropertyName("generated_at")] DateTime GeneratedAt,
    [property: JsonPropertyName("expires_at")] DateTime ExpiresAt,
    [property: JsonPropertyName("model_version")] string ModelVersion);

internal sealed record Prediction(
    string Direction, string Confidence, double ConfidenceScore, double TargetPrice, PriceRange TargetPriceRange, double CurrentPrice, double PotentialGain,
    Probabilities Probabilities);

internal sealed record PriceRange(double Low, double High);

internal sealed record Probabilities(double Bearish, double Neutral, double Bullish);

internal sealed record Indicators(double Rsi, string Macd, string VolumeTrend, double SocialSentiment);

internal sealed record RiskAnswer(
    string Symbol,
    [property: JsonPropertyName("risk_score")] int Score,
    [property: JsonPropertyName("risk_level")] string Level,
    [property: JsonPropertyName("risk_factors")] RiskFactors Factors,
    IReadOnlyList<string> Warnings,
    [property: JsonPropertyName("analyzed_at")] DateTime AnalyzedAt,
    [property: JsonPropertyName("cache_expires_at")] DateTime CacheExpiresAt);

internal sealed record RiskFactors(RiskFactor Volatility, RiskFactor PriceSwings, RiskFactor VolumeVolatility, RiskFactor TrendStrength);

internal sealed record RiskFactor(double Value, int Score, string Risk);

/// <summary>How requests and answers are written.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PredictionRequest))]
[JsonSerializable(typeof(RiskRequest))]
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(RiskAnswer))]
internal sealed partial class PeerJson : JsonSerializerContext;
