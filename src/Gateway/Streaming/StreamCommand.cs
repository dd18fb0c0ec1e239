using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>What a WebSocket's client sends.</summary>
/// <param name="Action"><c>subscribe</c> or <c>unsubscribe</c>.</param>
/// <param name="Channel">One of <see cref="StreamChannels.Names"/>.</param>
/// <param name="Symbols">Symbols or aliases; null: all.</param>
/// <param name="LastEventId">The id of an event after which these symbols are resumed; null: from now on.</param>
internal sealed record StreamCommand(
    [property: JsonPropertyName("action")] string? Action,
    [property: JsonPropertyName("channel")] string? Channel,
    [property: JsonPropertyName("symbols")] IReadOnlyList<string?>? Symbols = null,
    [property: JsonPropertyName("last_event_id")] string? LastEventId = null)
{
    public const string Subscribe = "subscribe";
    public const string Unsubscribe = "unsubscribe";
}
