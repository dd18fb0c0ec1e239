using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Coinsphere.Messaging.Faults.Tests;

/// <summary>
/// A minute of ten times as many questions as can be answered, none like another. The callers take processors of the same machine, which what is measured here
/// would otherwise have.
/// </summary>
public sealed class OverloadTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Minute = TimeSpan.FromSeconds(60);
    private static readonly int[] Connections = [2000, 6000];

    [Fact]
    [Trait("Category", "WallClock")]
    public async Task MinuteOfTenTimesWhatCanBeAnswered_IsRefusedEarly_AndTheRestAnsweredInTime()
    {
        await using var broker = await RabbitMqServer.StartNewAsync();
        await using var worker = await ServiceProcess.StartWorkerAsync(broker.Url(Broker.Worker), ("CACHE_TTL", "0"));
        var (process, http) = await ServiceProcess.StartGatewayAsync(broker.Url(Broker.Gateway), ("CACHE_TTL", "0"));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        var address = new IPEndPoint(IPAddress.Loopback, http.BaseAddress!.Port);
        await new Flood(address, connections: 32, perSecond: 100_000, Deadline).RunAsync(TimeSpan.FromSeconds(10));
        var peak = await new Flood(address, connections: 32, perSecond: 100_000, Deadline).RunAsync(TimeSpan.FromSeconds(10));
        output.WriteLine($"peak: {peak}");
        var table = new StringBuilder(
            "| connections | answered a second, of the peak | refused (503) | their p99 | ended in vain (504) | later than the deadline of 2 s + 0.1 s | "
                + "slowest | gateway's memory, first 20 s and end |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var connections in Connections)
        {
            var running = new Flood(address, connections, 10 * peak.Goodput, Deadline).RunAsync(Minute);
            using var third = new PeriodicTimer(Minute / 3);
            await third.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            var early = Memory(process);
            var flood = await running;
            var late = Memory(process);

            output.WriteLine($"{connections} connections: {flood}; {early:0} to {late:0} MB");
            var (refused, vain) = (flood.Calls.Count(call => call.Status == 503), flood.Calls.Count(call => call.Status == 504));
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {connections} | {flood.Goodput:0}, {flood.Goodput / peak.Goodput:0.00} | {refused} of {flood.Calls.Count} | "
                    + $"{flood.Percentile(503, 0.99):0} ms | {vain} | {flood.Late(TimeSpan.FromMilliseconds(100))} | "
                    + $"{flood.Calls.Max(call => call.Took).TotalSeconds:0.00} s | {early:0}, {late:0} MB |\n");
            Assert.All(flood.Calls, call => Assert.Contains(call.Status, (int[])[200, 503, 504]));
            Assert.True(flood.Goodput > 0.5 * peak.Goodput, $"{flood.Goodput:0}/s answered, {peak.Goodput:0}/s before");
            Assert.True(vain < 0.01 * flood.Calls.Count, $"too many ended in vain: {flood}");
            Assert.Equal(0, flood.Late(TimeSpan.FromSeconds(1)));
            Assert.True(late < 1.5 * early, $"the gateway's memory grew from {early:0} to {late:0} MB");
            Assert.True(await gateway.IsReadyAsync(), await gateway.ReadinessAsync());
        }

        await Report.WriteAsync("overload", $"{peak.Goodput:0} answers a second at the peak, with 32 connections.\n\n{table}");
    }

    private static double Memory(ServiceProcess service)
    {
        using var process = Process.GetProcessById(service.Id);
        return process.WorkingSet64 / 1e6;
    }
}
