using System.Diagnostics;
using System.Net;
using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Standalone.Tests.Telemetry;

/// <summary>What a collector gets of requests to the whole service. Meters are the process's, so no other test counts beside these.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string CallersSpan = "00f067aa0ba902b7";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_IsOneTraceFromTheSocketThroughTheBusToTheForwardPass()
    {
        await using var collector = await Collector.StartAsync();
        string[] settings = ["--Telemetry:OtlpProtocol=http/protobuf", "--Telemetry:OtlpEndpoint="
            + collector.Url, "--Logging:LogLevel:Coinsphere.Messaging.Worker.Consumers.AnswerPipeline=Debug"];
        await using (var app = await StartAsync(settings))
        {
            await AskAsync(app, "7d", HttpStatusCode.OK);
            await app.StopAsync(Cancel);
        }

        Assert.Contains(
            collector.Logs,
            line => line is { Service: "coinsphere", TraceId: TraceId } && line.Text.StartsWith("Answered ", StringComparison.Ordinal));
        var trace = new CollectedTrace(collector, TraceId);
        var server = Assert.Single(trace.Spans, span => span.Kind == 2);
        Assert.Equal(("coinsphere", CallersSpan), (server.Service, server.ParentId));
        var way = trace.Way(Assert.Single(trace.Spans, span => span.Name == "inference"));
        // From the inside out: our stages, the bus, and ours at the gateway, below ASP.NET Core's span.
        Assert.Equal(
            ["Coinsphere.Messaging", "MassTransit", "Coinsphere.Messaging", "Microsoft.AspNetCore"], CollectedTrace.Runs(way.Select(span => span.Source)));
        Assert.Same(server, way[^1]);
        // What was sent (4) is received and consumed (5).
        Assert.Equal([5, 4], CollectedTrace.Runs(way.Where(span => span.Source == "MassTransit").Select(span => span.Kind)));
        Assert.Superset(
            new HashSet<string> { "request", "cache", "answer", "prices", "features", "inference" },
            trace.Spans.Where(span => span.Source == "Coinsphere.Messaging").Select(span => span.Name).ToHashSet());
        Assert.All(way.Zip(way.Skip(1)), pair => Assert.True(pair.First.Duration >= TimeSpan.Zero && pair.First.Duration <= server.Duration));
    }

    [Fact]
    public async Task Requests_AreCountedAndTimed()
    {
        await using var collector = await Collector.StartAsync();
        await using (var app = await StartAsync("--Telemetry:OtlpProtocol=http/protobuf", "--Telemetry:OtlpEndpoint=" + collector.Url))
        {
            await AskAsync(app, "7d", HttpStatusCode.OK);
            await AskAsync(app, "7d", HttpStatusCode.OK);
            await AskAsync(app, "1h", HttpStatusCode.BadRequest);
            await app.StopAsync(Cancel);
        }

        Assert.Equal(1, Last("coinsphere.forward_passes").Value);
        Assert.Equal(1, Last("coinsphere.cache.hits").Value);
        // The gateway's and the worker's.
        Assert.Equal(2, Last("coinsphere.cache.misses").Value);
        Assert.Equal(("unsupported_timeframe", 1.0), (Last("coinsphere.refusals").Tags["reason"], Last("coinsphere.refusals").Value));
        Assert.InRange(Last("coinsphere.models.memory").Value, 100_000, 5_000_000);
        foreach (var (name, count) in new[] { ("queue", 1), ("cache", 3), ("prices", 1), ("features", 1), ("inference", 1), ("answer", 1), ("request", 2) })
        {
            var point = Last($"coinsphere.{name}.duration");
            Assert.Equal(count, point.Count);
            Assert.InRange(point.Value, 0, 20);
        }

        // The bus's own are those of the process's first host, which may be another test's.
        Assert.All(["http.server.request.duration", "dotnet.gc.collections"], name => Assert.Contains(collector.Points, point => point.Name == name));

        Point Last(string name) => collector.Points.Last(point => point.Name == name);
    }

    [Fact]
    public async Task WhatOperatorsWatch_ReachesTheCollector()
    {
        var folder = Directory.CreateTempSubdirectory("coinsphere-records-");
        await using var collector = await Collector.StartAsync();
        await using (var app = await StartAsync(
            "--Telemetry:OtlpProtocol=http/protobuf", "--Telemetry:OtlpEndpoint=" + collector.Url,
            "--Records:File=" + Path.Combine(folder.FullName, "records.db")))
        {
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
            using var rule = await http.PostAsJsonAsync("/api/v1/alerts/rules", new { symbol = "BTC", when = "risk_score_above", value = 1 }, Cancel);
            Assert.Equal(HttpStatusCode.OK, rule.StatusCode);
            using var score = await http.PostAsJsonAsync("/risk-score", new { symbol = "BTC" }, Cancel);
            await Until.True(
                async () => (await http.GetStringAsync("/api/v1/alerts", Cancel)).Contains("\"total\":1", StringComparison.Ordinal), "the alert is raised");
            await app.StopAsync(Cancel);
        }

        folder.Delete(recursive: true);
        Assert.Contains(collector.Points, point => point is { Name: "coinsphere.alerts.raised", Value: 1 } && point.Tags["condition"] == "risk_score_above");
        Assert.Contains(collector.Points, point => point.Name == "coinsphere.queue.duration" && point.Tags["endpoint"] == "risk");
        Assert.Contains(collector.Points, point => point is { Name: "coinsphere.models.age", Value: > 0 } && point.Tags["symbol"] == "BTC");
        Assert.Contains(collector.Points, point => point.Name == "coinsphere.prices.age" && point.Tags["symbol"] == "BTC");
    }

    [Fact]
    public async Task Metrics_AreReadOnTheServicesOwnPort()
    {
        await using var app = await StartAsync();
        await AskAsync(app, "7d", HttpStatusCode.OK);
        using var client = new HttpClient();
        using var response = await client.GetAsync(app.Urls.Single() + "/metrics", Cancel);
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split('\n');
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(
            lines,
            line => line.StartsWith("coinsphere_forward_passes_total{", StringComparison.Ordinal) && line.Contains("} 1", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("coinsphere_inference_duration_seconds_bucket{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NoCollector_NothingListens()
    {
        await using var app = await StartAsync();
        using var source = new ActivitySource("Coinsphere.Messaging");

        Assert.False(source.HasListeners());
        await AskAsync(app, "7d", HttpStatusCode.OK);
    }

    [Fact]
    public async Task CollectorThatIsAway_IsANoteOfReadiness()
    {
        await using var app = await StartAsync("--Telemetry:OtlpEndpoint=http://127.0.0.1:1", "--Telemetry:MetricIntervalMs=100");
        var conditions = app.Services.GetRequiredService<Conditions>();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        conditions.Changed += () => Look();
        Look();

        await told.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);

        void Look()
        {
            if (conditions.Notes.Any(note => note.StartsWith("telemetry: traces, metrics and logs do not reach 127.0.0.1:1: ", StringComparison.Ordinal)))
            {
                told.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task CollectorThatIsAway_HoldsUpNobody()
    {
        // Nothing listens on port 1.
        await using var app = await StartAsync("--Telemetry:OtlpEndpoint=http://127.0.0.1:1");
        await AskAsync(app, "7d", HttpStatusCode.OK);
        var started = Stopwatch.GetTimestamp();

        await app.StopAsync(Cancel);

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    private static async Task<WebApplication> StartAsync(params string[] args)
    {
        var checkpoints = Path.Combine(AppContext.BaseDirectory, "checkpoints");
        var app = Server.Build(["--urls=http://127.0.0.1:0", "--Models:Folder=" + checkpoints, "--Prices:AllowSynthetic=true", "--Schedule:Every=0", .. args]);
        await app.StartAsync(Cancel);
        return app;
    }

    private static async Task AskAsync(WebApplication app, string timeframe, HttpStatusCode expected)
    {
        // The caller is another process, whose requests are no spans of this one.
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Post, app.Urls.Single() + "/predict")
        {
            Content = JsonContent.Create(new { symbol = "BTC", timeframe })
        };
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallersSpan}-01");
        using var response = await client.SendAsync(request, Cancel);
        Assert.Equal(expected, response.StatusCode);
    }
}

/// <summary>Tests beside which no other one runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
