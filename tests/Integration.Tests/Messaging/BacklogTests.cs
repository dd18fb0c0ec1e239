using System.Diagnostics;
using Coinsphere.Messaging.Integration.Tests.Lifecycle;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Those who wait are not behind those who do not. Times are measured, so nothing else may run beside.</summary>
[Trait("Category", "WallClock")]
[Collection(RunsAlone.Name)]
public sealed class BacklogTests(Broker broker) : IClassFixture<Broker>
{
    private const int Backlog = 100_000;
    private const int Requests = 500;

    [Fact]
    public async Task DurableBacklog_DoesNotDelayInteractiveRequests()
    {
        using var worker = await broker.StartWorkerAsync();
        var caller = await Caller.ConnectAsync(broker);
        var ask = (int _) => caller.AskAsync("predict", """{"symbol":"BTC"}""");
        for (var i = 0; i < Requests; i++)
        {
            await ask(i);
        }

        var idle = await SlowestOfMostAsync(ask);

        var channel = await broker.ChannelAsync();
        var published = Enumerable.Range(0, Backlog).Select(_ => channel.BasicPublishAsync(
            "predict-durable", "", mandatory: true, new BasicProperties
            {
                ContentType = "application/json",
                Persistent = true
            }, "{\"symbol\":\"ETH\"}"u8.ToArray()).AsTask());
        await Task.WhenAll(published);
        var busy = await SlowestOfMostAsync(ask);

        TestContext.Current.TestOutputHelper!.WriteLine($"p99 {idle.TotalMilliseconds:0.0} ms alone, {busy.TotalMilliseconds:0.0} ms beside the backlog");
        var left = await broker.CountAsync("predict-durable");
        Assert.True(left > 0, $"the backlog was gone before the requests were: {Backlog} are too few for this machine");
        // Behind the backlog a request would wait for seconds.
        var bound = TimeSpan.FromMilliseconds(Math.Max(5 * idle.TotalMilliseconds, 250));
        Assert.True(busy < bound, $"99 % of the requests took at most {idle.TotalMilliseconds:0.0} ms alone and {busy.TotalMilliseconds:0.0} ms beside a "
            + $"backlog: expected less than {bound.TotalMilliseconds:0.0} ms");
        await worker.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<TimeSpan> SlowestOfMostAsync(Func<int, Task<Reply>> ask)
    {
        var times = new List<TimeSpan>(Requests);
        for (var i = 0; i < Requests; i++)
        {
            var started = Stopwatch.GetTimestamp();
            Assert.Equal("prediction", (await ask(i)).Type);
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        times.Sort();
        return times[Requests * 99 / 100];
    }
}
