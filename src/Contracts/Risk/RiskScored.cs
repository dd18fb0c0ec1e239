using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>A risk score was computed.</summary>
/// <param name="Answer">The score.</param>
public sealed record RiskScored([property: JsonPropertyName("answer")] RiskAnswer Answer);
