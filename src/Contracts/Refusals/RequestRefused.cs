using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The reply to a request that is refused.</summary>
/// <param name="Reason">The reason, for programs.</param>
/// <param name="Detail">The reason as a sentence for people: what was found, where, and what was expected.</param>
public sealed record RequestRefused(
    [property: JsonPropertyName("reason"), JsonConverter(typeof(RefusalReasonConverter))] RefusalReason Reason,
    [property: JsonPropertyName("detail")] string Detail);
