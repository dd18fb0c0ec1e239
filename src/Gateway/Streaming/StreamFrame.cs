using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// What is sent to listeners, with its JSON written once: all listeners share the bytes. The framework's formatter copies them between the names of a
/// server-sent event; a WebSocket sends one text, which is made when the first one needs it.
/// </summary>
internal class StreamFrame
{
    /// <summary>When a browser reconnects after the connection was lost. Its own default is some seconds.</summary>
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    private byte[]? _text;

    public StreamFrame(string name, StreamEventId? id, byte[] data, bool isFirst = false)
    {
        (Name, Id, Data) = (name, id, data);
        Sse = new SseItem<byte[]>(data, name) { EventId = id?.ToString(), ReconnectionInterval = isFirst ? Reconnect : null };
    }

    public string Name { get; }

    public StreamEventId? Id { get; }

    /// <summary>The JSON.</summary>
    public byte[] Data { get; }

    /// <summary>As a server-sent event.</summary>
    public SseItem<byte[]> Sse { get; }

    /// <summary>As the text of a WebSocket.</summary>
    public ReadOnlyMemory<byte> Text => _text ??= [.. Encoding.UTF8.GetBytes($"{{\"event\":\"{Name}\"{IdText},\"data\":"), .. Data, (byte)'}'];

    private string IdText => Id is { } id ? $",\"id\":\"{id}\"" : "";

    public static StreamFrame Heartbeat(DateTimeOffset at, StreamEventId? position, bool isFirst = false) =>
        new("heartbeat", position, Json(new HeartbeatData(WholeMilliseconds(at)), StreamingJson.Readable.HeartbeatData), isFirst);

    /// <summary>Events may be missing here: the stream goes on after <paramref name="position"/>.</summary>
    public static StreamFrame Reset(string reason, string detail, StreamEventId? position) =>
        new("reset", position, Json(new NoticeData(reason, detail), StreamingJson.Readable.NoticeData));

    /// <summary>The last of a listener that is dropped.</summary>
    public static StreamFrame Dropped(string reason, string detail) =>
        new("dropped", null, Json(new NoticeData(reason, detail), StreamingJson.Readable.NoticeData));

    public static StreamFrame Error(RequestRefused refusal) => new("error", null, Json(refusal, ContractsJson.Body.RequestRefused));

    /// <summary>What a WebSocket is subscribed to after its message.</summary>
    public static StreamFrame Confirmation(string name, StreamChannel channel, IReadOnlyList<string>? symbols) =>
        new(name, null, Json(new SubscriptionData(channel.Name(), symbols), StreamingJson.Readable.SubscriptionData));

    private static DateTimeOffset WholeMilliseconds(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));

    private static byte[] Json<T>(T data, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(data, type);
}

/// <summary>The data of <c>heartbeat</c>.</summary>
/// <param name="At">When it was sent.</param>
internal sealed record HeartbeatData([property: JsonPropertyName("at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset At);

/// <summary>The data of <c>reset</c> and <c>dropped</c>.</summary>
/// <param name="Reason">The reason, for programs.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record NoticeData([property: JsonPropertyName("reason")] string Reason, [property: JsonPropertyName("detail")] string Detail);

/// <summary>The data of <c>subscribed</c> and <c>unsubscribed</c>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Symbols">The symbols that are subscribed now; null: all.</param>
internal sealed record SubscriptionData(
    [property: JsonPropertyName("channel")] string Channel, [property: JsonPropertyName("symbols")] IReadOnlyList<string>? Symbols);

[JsonSerializable(typeof(HeartbeatData))]
[JsonSerializable(typeof(NoticeData))]
[JsonSerializable(typeof(SubscriptionData))]
[JsonSerializable(typeof(StreamCommand))]
internal sealed partial class StreamingJson : JsonSerializerContext
{
    public static StreamingJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
