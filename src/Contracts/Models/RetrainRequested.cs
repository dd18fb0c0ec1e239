using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks the cluster's trainers for a new model. It is trained on the prices of all supported symbols, and takes the serving one's place where it is better over
/// the newest days, which neither has learnt from; <see cref="ModelUpdated"/> tells of that.
/// </summary>
/// <param name="Symbol">The symbol, in any case, or an alias of it; null for all supported ones.</param>
/// <param name="Reason">For logs.</param>
/// <param name="NotIfTrainedSince">A symbol that was trained since is left alone; null: none is.</param>
public sealed record RetrainRequested(
    [property: JsonPropertyName("symbol")] string? Symbol = null,
    [property: JsonPropertyName("reason")] string? Reason = null,
    [property: JsonPropertyName("not_if_trained_since")] DateTimeOffset? NotIfTrainedSince = null);
