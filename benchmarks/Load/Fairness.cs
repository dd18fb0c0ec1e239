using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Coinsphere.Messaging.Load;

/// <summary>
/// Two callers, at two loopback addresses: a polite one that asks a few times a second, and a greedy one that asks as fast as it is answered, over many
/// connections and with long deadlines. Prints a row for each pair of what they ask.
/// </summary>
internal static class Fairness
{
    private const string Polite = "127.0.0.2";
    private const string Greedy = "127.0.0.3";
    private const int PerSecond = 50;
    private const string Cached = "cached", Computed = "computed", Explained = "explained";

    private const int Days = 2_500;

    private static readonly string[] Timeframes = ["7d", "14d", "30d"];

    private static int _next;

    public static async Task<int> RunAsync(Uri gateway, DateOnly until, int connections, int seconds, int runs)
    {
        foreach (var polite in new[] { Cached, Computed })
        {
            foreach (var greedy in new[] { Computed, Explained })
            {
                var cells = new List<(Side Alone, Side Beside, Side Greedy)>();
                for (var run = 0; run < runs; run++)
                {
                    var alone = await PoliteAsync(gateway, until, polite, seconds);
                    using var ended = new CancellationTokenSource();
                    var load = GreedyAsync(gateway, until, greedy, connections, ended.Token);
                    await Task.Delay(TimeSpan.FromSeconds(1));
                    var beside = await PoliteAsync(gateway, until, polite, seconds);
                    await ended.CancelAsync();
                    cells.Add((alone, beside, await load));
                    // What the greedy one has left behind is done.
                    await Task.Delay(TimeSpan.FromSeconds(1));
                }

                Console.WriteLine(
                    $"| {polite} | {greedy} | {Cell(cells, cell => cell.Alone.At(0.5))} | {Cell(cells, cell => cell.Alone.At(0.99))} | "
                    + $"{Cell(cells, cell => cell.Beside.At(0.5))} | {Cell(cells, cell => cell.Beside.At(0.99))} | "
                    + $"{Cell(cells, cell => cell.Beside.Refused, "F0")} | "
                    + $"{Cell(cells, cell => cell.Greedy.PerSecond, "F0")} | {Cell(cells, cell => cell.Greedy.Refused, "F0")} |");
            }
        }

        return 0;
    }

    private static async Task<Side> PoliteAsync(Uri gateway, DateOnly until, string kind, int seconds)
    {
        using var http = Client(gateway, Polite, 16);
        var started = Stopwatch.GetTimestamp();
        var asked = new List<Task<(double Time, HttpStatusCode Status)>>();
        // By the clock and not by the answers: else a slow service would be asked less.
        for (var i = 0; i < PerSecond * seconds; i++)
        {
            var due = TimeSpan.FromSeconds(i / (double)PerSecond) - Stopwatch.GetElapsedTime(started);
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due);
            }

            asked.Add(AskAsync(http, until, kind, "5000", CancellationToken.None));
        }

        return Side.Of(await Task.WhenAll(asked), Stopwatch.GetElapsedTime(started));
    }

    private static async Task<Side> GreedyAsync(Uri gateway, DateOnly until, string kind, int connections, CancellationToken ended)
    {
        using var http = Client(gateway, Greedy, connections);
        var started = Stopwatch.GetTimestamp();
        var answered = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var own = new List<(double Time, HttpStatusCode Status)>();
            try
            {
                while (!ended.IsCancellationRequested)
                {
                    var (time, status) = await AskAsync(http, until, kind, "60000", ended);
                    own.Add((time, status));
                    if (status != HttpStatusCode.OK)
                    {
                        await Task.Delay(10, ended);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The run is over.
            }

            return own;
        })));
        return Side.Of([.. answered.SelectMany(own => own)], Stopwatch.GetElapsedTime(started));
    }

    private static async Task<(double Time, HttpStatusCode Status)> AskAsync(
        HttpClient http, DateOnly until, string kind, string deadline, CancellationToken cancellationToken)
    {
        var i = Interlocked.Increment(ref _next);
        var day = until.AddDays(kind == Cached ? 0 : -(i / Questions.Symbols.Length % Days));
        var timeframe = kind == Cached ? "7d" : Timeframes[i / Questions.Symbols.Length / Days % Timeframes.Length];
        var symbol = Questions.Symbols[i % Questions.Symbols.Length];
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"symbol":"{{symbol}}","timeframe":"{{timeframe}}","asOf":"{{day:yyyy-MM-dd}}","explain":{{(kind == Explained ? "true" : "false")}}}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Deadline-Ms", deadline);
        var sent = Stopwatch.GetTimestamp();
        using var response = await http.SendAsync(request, cancellationToken);
        await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return (Stopwatch.GetElapsedTime(sent).TotalMilliseconds, response.StatusCode);
    }

    // A caller is an address, and a machine has many of its own.
    private static HttpClient Client(Uri gateway, string address, int connections) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        UseProxy = false,
        UseCookies = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = gateway,
    };

    private static string Cell(
        IReadOnlyList<(Side Alone, Side Beside, Side Greedy)> runs, Func<(Side Alone, Side Beside, Side Greedy), double> value, string format = "F1")
    {
        double[] values = [.. runs.Select(value).Order()];
        var (median, least, greatest) = (Text(values[values.Length / 2]), Text(values[0]), Text(values[^1]));
        return least == greatest ? median : $"{median} ({least} to {greatest})";

        string Text(double number) => number.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>What one side got: milliseconds of its answers, ascending.</summary>
    private sealed record Side(double[] Times, int Refused, double PerSecond)
    {
        public static Side Of((double Time, HttpStatusCode Status)[] asked, TimeSpan elapsed)
        {
            double[] times = [.. asked.Where(one => one.Status == HttpStatusCode.OK).Select(one => one.Time).Order()];
            return new(times, asked.Length - times.Length, times.Length / elapsed.TotalSeconds);
        }

        public double At(double share) => Times.Length == 0 ? double.NaN : Times[(int)(share * (Times.Length - 1))];
    }
}
