using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A caller that asks for far more than its share, and one that does not.</summary>
[Collection(RunsAlone.Name)]
public sealed class TwoCallersTests(LiveBroker live, ITestOutputHelper output)
{
    private const int Connections = 300;

    [Fact]
    [Trait("Category", "WallClock")]
    public async Task PoliteCaller_WaitsNotBehindTheRequestsOfAGreedyOneAndIsNeverRefused()
    {
        await using var worker = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), ("CACHE_TTL", "0"));
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), ("CACHE_TTL", "0"));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        using var greedy = At("127.0.0.3", http.BaseAddress!);
        using var polite = At("127.0.0.2", http.BaseAddress!);
        var flooded = new ConcurrentQueue<Ended>();
        var isOver = false;
        var flood = Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                flooded.Enqueue(await Load.AskAsync(greedy, "60000"));
            }
        })).ToArray();
        await Until.True(() => flooded.Count > 2 * Connections, "the greedy caller's requests wait for each other");

        flooded.Clear();
        var asked = new List<Ended>();
        for (var i = 0; i < 100; i++)
        {
            asked.Add(await Load.AskAsync(polite));
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(flood);
        Assert.All(asked, request => Assert.Equal(HttpStatusCode.OK, request.Status));
        var (own, others) = (Median(asked), Median(flooded.Where(request => request.Status == HttpStatusCode.OK)));
        output.WriteLine($"polite {own.TotalMilliseconds:0.0} ms, greedy {others.TotalMilliseconds:0.0} ms, {flooded.Count} requests");
        Assert.True(own < others / 2, $"the polite caller waited {own}, the greedy one {others}");
    }

    private static TimeSpan Median(IEnumerable<Ended> requests) => requests.Select(request => request.Took).Order().ToArray() is var times
        ? times[times.Length / 2]
        : default;

    // A caller is an address, and a machine has many of its own.
    private static HttpClient At(string address, Uri gateway) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromMinutes(2),
    };
}
