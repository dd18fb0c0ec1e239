using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Source-generated JSON of cached answers and of HTTP bodies. It equals the JSON on the bus.</summary>
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(EnsembleAnswer))]
[JsonSerializable(typeof(RiskAnswer))]
[JsonSerializable(typeof(PortfolioRiskAnswer))]
[JsonSerializable(typeof(RequestRefused))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(TrainingResult))]
[JsonSerializable(typeof(ModelsDescribed))]
[JsonSerializable(typeof(LatestPricesAnswer))]
[JsonSerializable(typeof(PriceBars))]
[JsonSerializable(typeof(PredictionHistory))]
[JsonSerializable(typeof(PredictionAccuracy))]
[JsonSerializable(typeof(BacktestAnswer))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertHistory))]
[JsonSerializable(typeof(AlertRule))]
[JsonSerializable(typeof(AlertRules))]
[JsonSerializable(typeof(AlertRuleRemoved))]
[JsonSerializable(typeof(WebhookTested))]
[JsonSerializable(typeof(SystemReport))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>
    /// The form in which answers are cached and written: quotes in sentences are not escaped more than JSON requires, which is safe in a body that is
    /// only JSON.
    /// </summary>
    public static ContractsJson Body { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
