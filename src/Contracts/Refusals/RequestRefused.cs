using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The reply to a request that gets no answer.</summary>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Detail">Why, as a sentence for people: what was found, where, and what was expected.</param>
public sealed record RequestRefused(
    [property: JsonPropertyName("reason"), JsonConverter(typeof(RefusalReasonConverter))] RefusalReason Reason,
    [property: JsonPropertyName("detail")] string Detail);
