using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>A rule's condition became true. Published once for each crossing; a copy that is delivered twice has the same <see cref="Contracts.Alert.Id"/>.</summary>
/// <param name="Alert">The alert.</param>
public sealed record AlertRaised([property: JsonPropertyName("alert")] Alert Alert);
