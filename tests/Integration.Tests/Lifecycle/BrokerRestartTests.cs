using System.Diagnostics;
using System.Net;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A broker that goes and comes back.</summary>
[Collection(RunsAlone.Name)]
public sealed class BrokerRestartTests(LiveBroker live, ITestOutputHelper output)
{
    // About a second on a quiet machine; the client library's own back-off would take 3 to 12.
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task KilledBroker_TurnsReadinessRedAndIsServedFromAgainWhenItListens()
    {
        var broker = live.Server;
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
        var (process, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        Assert.Equal(HttpStatusCode.OK, (await Load.AskAsync(http)).Status);

        await broker.KillAsync();
        await Until.True(async () => !await gateway.IsReadyAsync(), "the gateway is not ready");
        await Until.True(() => !File.Exists(worker.HealthFile), "the worker is not healthy");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Load.AskAsync(http)).Status);

        var starting = broker.StartAsync();
        await Until.True(() => Ports.IsListening(broker.Port), "the broker listens", RabbitMqServer.StartLimit);
        var listens = Stopwatch.GetTimestamp();
        await Until.True(async () => (await Load.AskAsync(http, "300")).Status == HttpStatusCode.OK, "the gateway answers again");
        var took = Stopwatch.GetElapsedTime(listens);
        output.WriteLine($"answers again {took.TotalSeconds:0.00} s after the broker listens");
        await starting;
        Assert.True(took < Back, $"answered again only {took} after the broker listened");
        await gateway.ReadyAsync();
        await Until.True(() => File.Exists(worker.HealthFile), "the worker is healthy");

        // A line when it goes and one when it is back, where each attempt of each connection was a page.
        foreach (var service in new[] { worker, process })
        {
            await Until.True(() => service.Output.Contains("broker has recovered", StringComparison.Ordinal), "the log says that the broker is back");
            var lines = service.Output.Split('\n');
            Assert.Single(lines, line => line.Contains($"broker: 127.0.0.1:{broker.Port} cannot be reached", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, line => line.Contains("   at ", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, line => line.Contains("MassTransit", StringComparison.Ordinal));
        }
    }
}
