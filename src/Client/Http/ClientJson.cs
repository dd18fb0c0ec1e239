using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client.Http;

/// <summary>
/// Source-generated JSON of the HTTP client. A missing required field is an error: JSON of another service must not read as an incomplete answer.
/// </summary>
[JsonSourceGenerationOptions(
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PredictRequestBody))]
[JsonSerializable(typeof(RiskRequestBody))]
[JsonSerializable(typeof(PortfolioRequestBody))]
[JsonSerializable(typeof(BatchRequestBody))]
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(RiskAnswer))]
[JsonSerializable(typeof(PortfolioRiskAnswer))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(ModelsDescribed))]
[JsonSerializable(typeof(PriceBars))]
[JsonSerializable(typeof(ServiceReadiness))]
[JsonSerializable(typeof(PredictionHistory))]
[JsonSerializable(typeof(PredictionAccuracy))]
[JsonSerializable(typeof(BacktestAnswer))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(BatchAnswer<PredictionAnswer>))]
[JsonSerializable(typeof(BatchAnswer<RiskAnswer>))]
[JsonSerializable(typeof(StreamReset))]
[JsonSerializable(typeof(AlertRulePutRequested))]
[JsonSerializable(typeof(AlertRule))]
[JsonSerializable(typeof(AlertRules))]
[JsonSerializable(typeof(AlertRuleRemoved))]
[JsonSerializable(typeof(WebhookTested))]
[JsonSerializable(typeof(AlertHistory))]
[JsonSerializable(typeof(SystemReport))]
[JsonSerializable(typeof(RequestRefused))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>The body of <c>POST /predict</c>.</summary>
internal sealed record PredictRequestBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("timeframe")] string? Timeframe,
    [property: JsonPropertyName("asOf")] DateOnly? AsOf,
    [property: JsonPropertyName("explain")] bool? Explain);

/// <summary>The body of <c>POST /risk-score</c>.</summary>
internal sealed record RiskRequestBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("asOf")] DateOnly? AsOf,
    [property: JsonPropertyName("portfolio_allocation")] double? PortfolioAllocation = null);

/// <summary>The body of <c>POST /risk-score/portfolio</c>.</summary>
internal sealed record PortfolioRequestBody(
    [property: JsonPropertyName("holdings")] IReadOnlyList<PortfolioHolding> Holdings,
    [property: JsonPropertyName("asOf")] DateOnly? AsOf);

/// <summary>The body of the two batches; risk has no timeframe.</summary>
internal sealed record BatchRequestBody(
    [property: JsonPropertyName("symbols")] IReadOnlyList<string?> Symbols,
    [property: JsonPropertyName("timeframe")] string? Timeframe,
    [property: JsonPropertyName("asOf")] DateOnly? AsOf);

/// <summary>The data of the event <c>reset</c>: events may be missing.</summary>
internal sealed record StreamReset([property: JsonPropertyName("detail")] string Detail);
