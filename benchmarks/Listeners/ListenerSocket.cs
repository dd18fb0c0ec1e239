using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Coinsphere.Messaging.Listeners;

/// <summary>
/// One listener: a socket that reads a stream and looks for the instant that each event was sent at. A client that parses each event would take more of the
/// machine than the gateway that is measured.
/// </summary>
internal sealed class ListenerSocket(DelayHistogram delays, CancellationToken cancellationToken) : IDisposable
{
    private const int Digits = 18;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static ReadOnlySpan<byte> Mark => "\"sent\":"u8;

    /// <summary>Opens the stream; its events are read until the end.</summary>
    public async Task OpenAsync(Uri gateway)
    {
        await _socket.ConnectAsync(gateway.Host, gateway.Port, cancellationToken);
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/stream/predictions HTTP/1.1\r\nHost: {gateway.Authority}\r\n\r\n"), cancellationToken);
        var buffer = new byte[16 * 1024];
        if (await _socket.ReceiveAsync(buffer, cancellationToken) is var read && !buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException($"the gateway answers {Encoding.ASCII.GetString(buffer, 0, read)}");
        }

        _ = ReadAsync(buffer);
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync(byte[] buffer)
    {
        try
        {
            var kept = 0;
            while (await _socket.ReceiveAsync(buffer.AsMemory(kept), cancellationToken) is > 0 and var read)
            {
                kept = Scan(buffer.AsSpan(0, kept + read));
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            // The end of the measurement.
        }
    }

    // Returns how many bytes at the end may be the start of a mark; they are moved to the front.
    private int Scan(Span<byte> text)
    {
        var now = DateTime.UtcNow;
        var rest = text;
        while (rest.IndexOf(Mark) is >= 0 and var at && rest.Length >= at + Mark.Length + Digits)
        {
            var digits = rest.Slice(at + Mark.Length, Digits);
            if (Utf8Parser.TryParse(digits, out long ticks, out _))
            {
                delays.Add(TimeSpan.FromTicks(now.Ticks - ticks));
            }

            rest = rest[(at + Mark.Length + Digits)..];
        }

        var kept = rest[^Math.Min(rest.Length, Mark.Length + Digits - 1)..];
        kept.CopyTo(text);
        return kept.Length;
    }
}
