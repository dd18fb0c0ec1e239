using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>Workers and gateways that end, or hang, while requests come in.</summary>
[Collection(RunsAlone.Name)]
public sealed class StoppingTests(LiveBroker live)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    private RabbitMqServer Server => live.Server;

    private string WorkerUrl => Server.Url(Broker.Worker);

    [Fact]
    public async Task RollingRestartUnderLoad_FailsNoRequest()
    {
        var workers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ServiceProcess.StartWorkerAsync(WorkerUrl)));
        await using var gateway = await StartGatewayAsync();
        var load = Load.Start(gateway.Http);
        await load.MoreAsync(100);
        for (var i = 0; i < workers.Length; i++)
        {
            var (code, took) = await workers[i].TerminateAsync();
            Assert.True(code == 0 && took < DrainLimit, $"the worker ended with {code} after {took}:\n{workers[i].Output}");
            await workers[i].DisposeAsync();
            workers[i] = await ServiceProcess.StartWorkerAsync(WorkerUrl);
            await load.MoreAsync(50);
        }

        var ended = await load.StopAsync();
        Assert.DoesNotContain(ended, request => request.Status != HttpStatusCode.OK);
        foreach (var worker in workers)
        {
            await worker.DisposeAsync();
        }
    }

    [Fact]
    public async Task TerminatedGateway_AnswersWhatItHolds()
    {
        await using var worker = await ServiceProcess.StartWorkerAsync(WorkerUrl);
        await using var gateway = await StartGatewayAsync();
        await Load.AskAsync(gateway.Http);
        // A worker acknowledges after it has answered: paused in between it would hold one more.
        await Until.True(async () => await Server.MessagesAsync("risk") == 0, "the first request is acknowledged");
        worker.Pause();
        var asked = Enumerable.Range(0, 20).Select(_ => Load.AskAsync(gateway.Http, "9000")).ToArray();
        await Until.True(async () => await Server.MessagesAsync("risk") == asked.Length, "every request is with the broker");

        var ending = gateway.Process.TerminateAsync();
        await Until.True(() => gateway.Process.Output.Contains("shutting down", StringComparison.Ordinal), "the gateway stops");
        worker.Resume();
        Assert.All(await Task.WhenAll(asked), request => Assert.Equal(HttpStatusCode.OK, request.Status));
        var (code, took) = await ending;
        Assert.True(code == 0 && took < DrainLimit, $"the gateway ended with {code} after {took}:\n{gateway.Process.Output}");
    }

    [Fact]
    public async Task KilledGateway_MakesNoWorkerRunAnythingTwice()
    {
        await using var worker = await ServiceProcess.StartWorkerAsync(WorkerUrl, ServiceProcess.LogAnswers);
        await using var killed = await StartGatewayAsync();
        await using var other = await StartGatewayAsync();
        await Load.AskAsync(killed.Http);
        await Until.True(async () => await Server.MessagesAsync("risk") == 0, "the first request is acknowledged");
        worker.Pause();
        var lost = Enumerable.Range(0, 20).Select(_ => Load.AskAsync(killed.Http, "9000")).ToArray();
        await Until.True(async () => await Server.MessagesAsync("risk") == lost.Length, "every request is with the broker");
        await killed.Process.KillAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => Task.WhenAll(lost));
        worker.Resume();

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Load.AskAsync(other.Http)).Status);
        }

        await Until.True(async () => await Server.MessagesAsync("risk") == 0, "the queue is empty");
        var answered = worker.Answered();
        Assert.True(answered.Count >= 41, $"the worker answered {answered.Count} times");
        Assert.Equal(answered.Count, answered.Distinct().Count());
    }

    [Fact]
    public async Task WorkerThatWasPausedPastDeadlines_ComputesNoneOfThemAndDisturbsNobody()
    {
        await using var worker = await ServiceProcess.StartWorkerAsync(WorkerUrl, ServiceProcess.LogAnswers);
        await using var gateway = await StartGatewayAsync();
        // What a worker knows of a sender's clock is as good as the fastest message so far, and the first one is slow.
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Load.AskAsync(gateway.Http)).Status);
        }

        worker.Pause();
        var asked = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Load.AskAsync(gateway.Http, "700")));
        Assert.All(asked, request => Assert.Equal(HttpStatusCode.GatewayTimeout, request.Status));
        worker.Resume();

        // What it had fetched is refused now, to a gateway that waits for it no more.
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Load.AskAsync(gateway.Http)).Status);
        }

        Assert.Contains("Refused risk:", worker.Output, StringComparison.Ordinal);
        await Until.True(() => worker.Answered().Count >= 70, "the last answer is in the log");
        Assert.Empty(worker.Answered().Intersect(asked.Select(request => $"risk:{request.Symbol}")));
    }

    [Fact]
    public async Task WorkerThatHangsInsideABatch_CostsNoItem()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var frozen = await ServiceProcess.StartWorkerAsync(WorkerUrl);
        await using var other = await ServiceProcess.StartWorkerAsync(WorkerUrl);
        await using var gateway = await StartGatewayAsync();
        frozen.Pause();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/risk-score/batch")
        {
            Content = JsonContent.Create(new { symbols = Enumerable.Range(0, 100).Select(i => $"H{i}") })
        };
        request.Headers.Add("X-Deadline-Ms", "9000");
        using var response = await gateway.Http.SendAsync(request, cancel);
        var results = (await response.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(100, results.Length);
        Assert.All(results, item => Assert.True(item.TryGetProperty("answer", out _), item.ToString()));
    }

    private async Task<RunningGateway> StartGatewayAsync()
    {
        var (process, http) = await ServiceProcess.StartGatewayAsync(Server.Url(Broker.Gateway));
        var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        return gateway;
    }
}
