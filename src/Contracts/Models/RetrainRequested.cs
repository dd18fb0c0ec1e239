using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Requests a new model from the trainers of the cluster. It is trained on the prices of all supported symbols, and promoted where it is better over
/// the newest days, which neither model was trained on. <see cref="ModelUpdated"/> then announces it.
/// </summary>
/// <param name="Symbol">The symbol, in any case, or an alias of it; null for all supported ones.</param>
/// <param name="Reason">For logs.</param>
/// <param name="NotIfTrainedSince">A symbol that was trained since then is skipped; null: none is.</param>
public sealed record RetrainRequested(
    [property: JsonPropertyName("symbol")] string? Symbol = null,
    [property: JsonPropertyName("reason")] string? Reason = null,
    [property: JsonPropertyName("not_if_trained_since")] DateTimeOffset? NotIfTrainedSince = null);
