using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Calls end by their deadlines, whatever the broker does under load. Times are measured, so nothing else may run beside.</summary>
[Collection(RunsAlone.Name)]
public sealed class DeadlineTests(LiveBroker live)
{
    private const int Callers = 16;
    private const int DeadlineMs = 1000;

    // Beyond what the service promises, for test machines that are busy.
    private const int SlackMs = 2500;

    [Theory]
    [InlineData("cut off")]
    [InlineData("paused")]
    [InlineData("killed")]
    public async Task BrokerLostUnderLoad_CallsEndByTheirDeadlines(string loss)
    {
        var cancel = TestContext.Current.CancellationToken;
        var broker = live.Server;
        await using var relay = new TcpRelay(broker.Port);
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
        var (process, http) = await ServiceProcess.StartGatewayAsync(new UriBuilder(broker.Url(Broker.Gateway)) { Port = relay.Port }.Uri.ToString());
        await using var gateway = new RunningGateway(process, http);
        http.DefaultRequestHeaders.Add("X-Deadline-Ms", $"{DeadlineMs}");
        await gateway.ReadyAsync();

        var calls = new ConcurrentQueue<(HttpStatusCode Status, double Ms)>();
        var refused = 0;
        var callers = Enumerable.Range(0, Callers).Select(async caller =>
        {
            // Calls that are under way when it happens, and some that come after.
            for (var i = 0; Volatile.Read(ref refused) < 4 * Callers; i++)
            {
                var started = Stopwatch.GetTimestamp();
                using var response = (i % 4) switch
                {
                    0 => await http.GetAsync("/models", cancel),
                    1 => await http.GetAsync("/api/v1/prices?symbols=BTC", cancel),
                    2 => await http.DeleteAsync("/models/BTC/cache", cancel),
                    _ => await http.PostAsJsonAsync("/risk-score", new { symbol = $"S{caller}X{i}" }, cancel),
                };
                calls.Enqueue((response.StatusCode, Stopwatch.GetElapsedTime(started).TotalMilliseconds));
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }).ToArray();
        await Until.True(() => calls.Count > 10 * Callers, "calls are answered");
        switch (loss)
        {
            case "cut off": relay.Cut(); break;
            case "paused": broker.Pause(); break;
            default: await broker.KillAsync(); break;
        }

        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(30), cancel);
        if (loss == "paused")
        {
            broker.Resume();
        }
        else if (loss == "killed")
        {
            await broker.StartAsync();
        }

        Assert.All(
            calls,
            call => Assert.Contains(call.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout]));
        var slowest = calls.Max(call => call.Ms);
        var late = calls.Count(call => call.Ms > DeadlineMs + 100);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{calls.Count} calls, {refused} refused, {late} later than their deadline + 100 ms, slowest {slowest:0} ms");
        Assert.True(slowest < DeadlineMs + SlackMs, $"the slowest of {calls.Count} calls took {slowest:0} ms, its deadline was {DeadlineMs} ms");
    }
}
