using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>A new prediction was computed. Published once for each new prediction id.</summary>
/// <param name="Answer">The prediction.</param>
public sealed record PredictionCompleted([property: JsonPropertyName("answer")] PredictionAnswer Answer);
