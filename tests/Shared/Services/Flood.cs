using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Coinsphere.Messaging.Tests;

/// <summary>
/// Callers that ask at a rate of their own, whatever becomes of their questions: each connection has its times to ask, and leaves out those that pass while it
/// waits. No two questions at a time are alike, so that none is answered by another's computation. Bare sockets, since the callers take the same processors as
/// what they measure.
/// </summary>
internal sealed class Flood(IPEndPoint gateway, int connections, double perSecond, TimeSpan deadline)
{
    private static readonly string[] Symbols = ["BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "DOT", "MATIC", "AVAX", "DOGE", "LINK", "UNI", "ATOM", "LTC", "ETC"];
    private static readonly string[] Timeframes = ["7d", "14d", "30d"];
    private static readonly DateOnly FirstDay = new(2024, 1, 1);

    // Days on which synthetic prices are known from long before.
    private const int Days = 365;

    private int _asked;

    /// <summary>Asks for so long, and returns when the last question has ended.</summary>
    public async Task<FloodResult> RunAsync(TimeSpan duration)
    {
        var sockets = new Socket[connections];
        for (var i = 0; i < connections; i++)
        {
            sockets[i] = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await sockets[i].ConnectAsync(gateway);
        }

        var started = Stopwatch.GetTimestamp();
        var calls = await Task.WhenAll(sockets.Select((socket, i) => Task.Run(() => CallAsync(socket, i, started, duration))));
        return new FloodResult(duration, deadline, [.. calls.SelectMany(ended => ended)]);
    }

    private async Task<List<FloodCall>> CallAsync(Socket socket, int connection, long started, TimeSpan duration)
    {
        using var closing = socket;
        var calls = new List<FloodCall>();
        var buffer = new byte[8 * 1024];
        var interval = TimeSpan.FromSeconds(connections / perSecond);
        var due = interval * ((double)connection / connections);
        while (due < duration)
        {
            var wait = due - Stopwatch.GetElapsedTime(started);
            // A rate, not a wait for something: a periodic timer counts whole milliseconds and would change it.
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(NextRequest());
            var status = await ReadAsync(socket, buffer);
            calls.Add(new FloodCall(status, Stopwatch.GetElapsedTime(started, sent), Stopwatch.GetElapsedTime(sent)));
            var passed = (Stopwatch.GetElapsedTime(started) - due) / interval;
            due += interval * Math.Max(1, Math.Ceiling(passed));
        }

        return calls;
    }

    private byte[] NextRequest()
    {
        var n = Interlocked.Increment(ref _asked);
        var day = FirstDay.AddDays(n / (Symbols.Length * Timeframes.Length) % Days);
        var timeframe = Timeframes[n / Symbols.Length % Timeframes.Length];
        var body = string.Create(
            CultureInfo.InvariantCulture, $$"""{"symbol":"{{Symbols[n % Symbols.Length]}}","timeframe":"{{timeframe}}","asOf":"{{day:yyyy-MM-dd}}"}""");
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Deadline-Ms: {deadline.TotalMilliseconds:0}\r\nContent-Length: "
                + $"{body.Length}\r\n\r\n{body}"));
    }

    // The gateway sends the length of every body, or chunks that an empty one ends.
    private static async Task<int> ReadAsync(Socket socket, byte[] buffer)
    {
        var filled = 0;
        while (true)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (count == 0)
            {
                throw new IOException($"the gateway closed a connection after {filled} bytes of an answer");
            }

            filled += count;
            if (IsWhole(buffer.AsSpan(0, filled)))
            {
                return int.Parse(buffer.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> received)
    {
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var length = received[..head].IndexOf("\r\nContent-Length: "u8);
        if (length < 0)
        {
            return received.EndsWith("\r\n0\r\n\r\n"u8);
        }

        var digits = received[(length + 18)..];
        return received.Length - head - 4 >= int.Parse(digits[..digits.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

/// <summary>How a question ended, when it was asked and how long it took.</summary>
internal readonly record struct FloodCall(int Status, TimeSpan Asked, TimeSpan Took);

/// <summary>How all of them ended.</summary>
internal sealed record FloodResult(TimeSpan Duration, TimeSpan Deadline, IReadOnlyList<FloodCall> Calls)
{
    /// <summary>Answers that came in time, a second.</summary>
    public double Goodput => Calls.Count(call => call.Status == 200 && call.Took <= Deadline) / Duration.TotalSeconds;

    /// <summary>Milliseconds that a share of those with a status took at the most.</summary>
    public double Percentile(int status, double share)
    {
        double[] times = [.. Calls.Where(call => call.Status == status).Select(call => call.Took.TotalMilliseconds).Order()];
        return times.Length == 0 ? 0 : times[(int)(share * (times.Length - 1))];
    }

    /// <summary>Those that ended later than their deadline and a tolerance.</summary>
    public int Late(TimeSpan tolerance) => Calls.Count(call => call.Took > Deadline + tolerance);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Calls.Count / Duration.TotalSeconds:0}/s asked, {Goodput:0}/s answered, p50 {Percentile(200, 0.5):0} p99 {Percentile(200, 0.99):0} ms; " +
        $"{string.Join(", ", Calls.CountBy(call => call.Status).OrderBy(count => count.Key).Select(count => $"{count.Key}: {count.Value}"))}; " +
        $"503 p50 {Percentile(503, 0.5):0} p99 {Percentile(503, 0.99):0} max {Percentile(503, 1):0} ms; {Late(TimeSpan.FromMilliseconds(100))} late, slowest "
            + $"{Calls.Max(call => call.Took.TotalMilliseconds):0} ms");
}
