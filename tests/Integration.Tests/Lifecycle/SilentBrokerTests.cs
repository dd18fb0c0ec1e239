using System.Diagnostics;
using System.Net;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A broker that keeps its connections and takes nothing: short of memory, or hanging.</summary>
[Collection(RunsAlone.Name)]
public sealed class SilentBrokerTests(LiveBroker live, ITestOutputHelper output)
{
    // Under two seconds where the machine has nothing else to do.
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("short of memory", "broker: it accepts no messages (low on memory)")]
    [InlineData("hanging", "broker: it has not answered for over a second")]
    public async Task BrokerThatTakesNothing_EndsCallsAndReadinessUntilItIsBack(string fault, string reason)
    {
        try
        {
            await RunAsync(fault, reason);
        }
        finally
        {
            await SetAsync(live.Server, fault, isOn: false);
        }
    }

    private async Task RunAsync(string fault, string reason)
    {
        var broker = live.Server;
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker));
        var (process, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        Assert.Equal(HttpStatusCode.OK, (await Load.AskAsync(http)).Status);

        // Nobody answers while the worker is stopped, so this one waits.
        worker.Pause();
        var waiting = Load.AskAsync(http, deadlineMs: "60000");
        var started = Stopwatch.GetTimestamp();
        await SetAsync(broker, fault, isOn: true);
        var struck = Stopwatch.GetElapsedTime(started);

        var ended = await waiting;
        var noticed = Stopwatch.GetElapsedTime(started);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ended.Status);
        Assert.Contains("broker_unavailable", ended.Body, StringComparison.Ordinal);
        Assert.True(noticed - struck < Noticed, $"noticed after {noticed - struck}");
        worker.Resume();

        var refused = await Load.AskAsync(http);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.True(refused.Took < AtOnce, $"refused after {refused.Took}");
        Assert.Contains(reason, await gateway.ReadinessAsync(), StringComparison.Ordinal);
        await Until.True(() => !File.Exists(worker.HealthFile), "the worker's health file is gone");

        await SetAsync(broker, fault, isOn: false);
        started = Stopwatch.GetTimestamp();
        var reasons = "";
        await Until.True(async () => await gateway.IsReadyAsync() || (reasons = await gateway.ReadinessAsync()) is null, "the gateway is ready");
        var back = Stopwatch.GetElapsedTime(started);
        var answered = await Load.AskAsync(http);
        Assert.True(answered.Status == HttpStatusCode.OK, answered.Body);
        Assert.True(back < Back, $"ready again after {back}: {reasons}");
        await Until.True(() => File.Exists(worker.HealthFile), "the worker's health file is there");
        output.WriteLine($"{fault}: noticed {(noticed - struck).TotalSeconds:0.0} s after it was so, refused in {refused.Took.TotalMilliseconds:0} ms, ready "
            + $"{back.TotalSeconds:0.0} s after it was over");
    }

    private static Task SetAsync(RabbitMqServer broker, string fault, bool isOn)
    {
        if (fault == "short of memory")
        {
            return broker.ControlAsync("set_vm_memory_high_watermark", isOn ? "0.0000001" : "0.4");
        }

        if (isOn)
        {
            broker.Pause();
        }
        else
        {
            broker.Resume();
        }

        return Task.CompletedTask;
    }
}
