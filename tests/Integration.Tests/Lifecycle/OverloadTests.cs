using System.Net;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>More questions than can be answered.</summary>
[Collection(RunsAlone.Name)]
public sealed class OverloadTests(LiveBroker live, ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    // For test machines that are busy; a quiet one needs a tenth.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Category", "WallClock")]
    public async Task TenTimesWhatCanBeAnswered_IsRefusedEarlyAndTheRestAnsweredInTime()
    {
        await using var worker = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), ("CACHE_TTL", "0"));
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), ("CACHE_TTL", "0"));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        var address = new IPEndPoint(IPAddress.Loopback, http.BaseAddress!.Port);
        await new Flood(address, connections: 32, perSecond: 100_000, Deadline).RunAsync(TimeSpan.FromSeconds(2));
        var peak = await new Flood(address, connections: 32, perSecond: 100_000, Deadline).RunAsync(TimeSpan.FromSeconds(3));
        Assert.All(peak.Calls, call => Assert.Equal(200, call.Status));

        var flood = await new Flood(address, connections: 600, perSecond: 10 * peak.Goodput, Deadline).RunAsync(TimeSpan.FromSeconds(6));

        output.WriteLine($"peak: {peak}\noverload: {flood}");
        Assert.All(flood.Calls, call => Assert.Contains(call.Status, (int[])[200, 503, 504]));
        Assert.True(flood.Goodput > 0.4 * peak.Goodput, $"{flood.Goodput:0}/s answered, {peak.Goodput:0}/s before");
        Assert.True(flood.Calls.Count(call => call.Status == 504) < 0.05 * flood.Calls.Count, $"too many ended in vain: {flood}");
        Assert.Equal(0, flood.Late(Tolerance));
        Assert.True(flood.Percentile(503, 0.99) < 500, $"refusals took long: {flood}");
        // Neither a line for each refusal nor a false alarm.
        Assert.InRange(gateway.Process.Output.Split('\n').Length, 1, 20);
        Assert.True(await gateway.IsReadyAsync(), await gateway.ReadinessAsync());
    }

    [Fact]
    public async Task GatewayWithoutWorkers_IsReadyWhenOneHasAnsweredItsOwnQuestion()
    {
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway));
        await using var gateway = new RunningGateway(process, http);
        Assert.Contains("workers: no worker has reported lately", await gateway.ReadinessAsync(), StringComparison.Ordinal);
        await using var worker = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker));
        await gateway.ReadyAsync();
        // It is nobody's request.
        Assert.DoesNotContain("Refused", worker.Output, StringComparison.Ordinal);
    }
}
