using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Health;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Health;

public sealed class SystemReportTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly LoadedModels _models;
    private readonly Tally _own;
    private readonly SystemReporter _system;

    public SystemReportTests()
    {
        (_models, _own) = (new(_time), new(_time));
        _system = new(_models, _own, _time);
    }

    public void Dispose() => _own.Dispose();

    [Fact]
    public void NoWorker_IsAnAnswerToo()
    {
        var report = _system.Now();
        Assert.Equal((Start, "1.0.0"), (report.At, report.Version));
        Assert.Empty(report.Workers);
        Assert.Null(report.Feed);
    }

    [Fact]
    public void Workers_AreListedWithWhatTheyReport()
    {
        _models.Report(new("b", ["BTC"], ["prices: none"], ["database is read-only"], "torch") { State = State("one", 0) });
        _time.Advance(TimeSpan.FromSeconds(3));
        _models.Report(new("a", ["BTC", "ETH"], [], [], "managed"));
        var workers = _system.Now().Workers;
        Assert.Equal(["a", "b"], workers.Select(worker => worker.WorkerId));
        // The first is of an older release.
        Assert.Equal((null, null, "managed", 2, Start.AddSeconds(3)), (
            workers[0].Version, workers[0].StartedAt, workers[0].Engine, workers[0].Symbols.Count, workers[0].HeardAt));
        Assert.Equal(("2.0.0", Start, "prices: none", "database is read-only"), (
            workers[1].Version, workers[1].StartedAt!.Value, workers[1].Reasons.Single(), workers[1].Notes.Single()));
    }

    [Fact]
    public void Counts_AreAddedAndQueuesTakenFromTheNewestReport()
    {
        var before = _system.Now();
        _models.Report(new("a", []) { State = State("one", 10) });
        _time.Advance(TimeSpan.FromSeconds(1));
        _models.Report(new("b", []) { State = State("two", 4) });
        var report = _system.Now();
        Assert.Equal((14, 28), (report.CacheHits - before.CacheHits, report.CacheMisses - before.CacheMisses));
        Assert.Equal(14, report.Refusals["test_only"]);
        Assert.Equal(new QueueReport("predict", 4, null, 10, 20), Assert.Single(report.Queues, queue => queue.Endpoint == "predict"));
        Assert.Equal(new StageReport("test", 14, 10, 20), Assert.Single(report.Stages, stage => stage.Stage == "test"));
        Assert.Equal(new FeedReport("Kraken", 10, 0, 0), report.Feed);
    }

    [Fact]
    public void WorkerInTheSameProcess_CountsOnce()
    {
        _models.Report(new("a", []) { State = _own.Report() with { CacheHits = 5, Refusals = new Dictionary<string, long>() } });
        Assert.Equal(5, _system.Now().CacheHits);
    }

    [Fact]
    public async Task Endpoint_TellsWhatTheWorkersReported()
    {
        await using var gateway = new GatewayFactory();
        var cancelled = TestContext.Current.CancellationToken;
        await gateway.Bus.Bus.Publish(new ModelsReported("worker-7", ["BTC"]) { State = State("one", 3) }, cancelled);
        Assert.True(await gateway.Bus.Consumed.Any<ModelsReported>(message => message.Context.Message.WorkerId == "worker-7", cancelled));
        var response = await gateway.Fresh().SendAsync(HttpMethod.Get, "/api/v1/system");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var json = await response.JsonAsync();
        var worker = json.GetProperty("workers").EnumerateArray().Single(one => one.GetProperty("worker_id").GetString() == "worker-7");
        Assert.Equal(("2.0.0", 1), (worker.GetProperty("version").GetString(), worker.GetProperty("symbols").GetArrayLength()));
        Assert.Equal(3, json.GetProperty("refusals").GetProperty("test_only").GetInt64());
        Assert.Equal("predict", json.GetProperty("queues").EnumerateArray().First(queue => queue.GetProperty("waiting").ValueKind != JsonValueKind.Null)
            .GetProperty("endpoint").GetString());
    }

    private static ProcessReport State(string process, int count) => new(
        process, "2.0.0", Start, count, 2 * count, new Dictionary<string, long> { ["test_only"] = count }, [new("test", count, count, 2 * count)],
        [new("predict", count, null, count, 2 * count)], new("Kraken", count, 0, 0));
}
