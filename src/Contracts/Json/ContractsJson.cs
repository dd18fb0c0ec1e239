using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Source-generated JSON of what is stored in the cache and written over HTTP. Equal to what the bus carries.</summary>
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(EnsembleAnswer))]
[JsonSerializable(typeof(RiskAnswer))]
[JsonSerializable(typeof(RequestRefused))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(ModelsDescribed))]
[JsonSerializable(typeof(LatestPricesAnswer))]
[JsonSerializable(typeof(PredictionHistory))]
[JsonSerializable(typeof(PredictionAccuracy))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>
    /// The form in which answers are stored and written: quotes in sentences stay readable, which is safe in a body that is JSON and nothing else.
    /// </summary>
    public static ContractsJson Body { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
