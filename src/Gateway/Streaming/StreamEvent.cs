using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>An event of the log.</summary>
/// <param name="channel">Its channel.</param>
/// <param name="symbol">Its canonical symbol.</param>
/// <param name="timeframe">The horizon of a prediction.</param>
/// <param name="id">Its id.</param>
/// <param name="messageId">What is the same however often the event was published, together with its instant; null: its content.</param>
/// <param name="computedAt">When it was computed; null where its message does not say.</param>
/// <param name="data">The answer's JSON.</param>
internal sealed class StreamEvent(
    StreamChannel channel, string symbol, string? timeframe, StreamEventId id, string? messageId, DateTimeOffset? computedAt, byte[] data)
    : StreamFrame(channel.Event(), id, data)
{
    public StreamChannel Channel => channel;

    public string Symbol => symbol;

    public string? Timeframe => timeframe;

    public new StreamEventId Id => id;

    public DateTimeOffset? ComputedAt => computedAt;

    /// <summary>A digest by which a second copy of the event is recognised.</summary>
    public UInt128 Identity { get; } = Digest(messageId is null ? data : Encoding.UTF8.GetBytes(
        $"{channel.Event()} {messageId} {computedAt?.ToUnixTimeMilliseconds()}"));

    private static UInt128 Digest(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
