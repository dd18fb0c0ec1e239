using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A request's trace through a gateway, a broker and a worker that are processes of their own.</summary>
[Collection(RunsAlone.Name)]
public sealed class TraceTests(LiveBroker live)
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4737";
    private const string CallersSpan = "00f067aa0ba902b8";

    [Fact]
    public async Task Request_IsOneTraceFromTheSocketThroughTheBrokerToTheForwardPassAndBack()
    {
        await using var collector = await Collector.StartAsync();
        await using var redis = new RedisServer();
        await redis.StartAsync();
        (string, string)[] settings =
        [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", redis.Port.ToString(CultureInfo.InvariantCulture)),
            // As few as a small machine may have: sending needs one, so that ending must not hold them all.
            ("DOTNET_ThreadPool_ForceMaxWorkerThreads", "2"),
            // Busy machines may take longer for a call than a service would wait.
            ("Redis__Timeout", "00:00:02"),
        ];
        await using var worker = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), settings);
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), settings);
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Content = JsonContent.Create(new { symbol = "BTC" }) };
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallersSpan}-01");
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        // What they still hold is sent when they stop.
        Assert.Equal((0, 0), ((await worker.TerminateAsync()).ExitCode, (await process.TerminateAsync()).ExitCode));

        var trace = new CollectedTrace(collector, TraceId);
        var server = Assert.Single(trace.Spans, span => span.Kind == 2);
        Assert.Equal(CallersSpan, server.ParentId);
        var way = trace.Way(Assert.Single(trace.Spans, span => span.Name == "inference"));
        Assert.Equal(
            ["Coinsphere.Messaging", "MassTransit", "Coinsphere.Messaging", "Microsoft.AspNetCore"], CollectedTrace.Runs(way.Select(span => span.Source)));
        Assert.Equal(["coinsphere-worker", "coinsphere-gateway"], CollectedTrace.Runs(way.Select(span => span.Service)));
        Assert.Same(server, way[^1]);
        // Back: the worker sends the reply below its answer, the gateway's bus receives it in the same trace.
        var reply = Assert.Single(
            trace.Spans,
            span => span is { Kind: 4, Service: "coinsphere-worker" } && span.Name.Contains("amq.rabbitmq.reply-to", StringComparison.Ordinal));
        Assert.Contains(server, trace.Way(reply));
        // Beside: what each asked Redis, below the stage that reads the cache.
        Assert.Equal(
            ["coinsphere-gateway", "coinsphere-worker"],
            trace.Spans.Where(span => span.Source == "OpenTelemetry.Instrumentation.StackExchangeRedis" && trace.Way(span)[1].Name == "cache")
                .Select(span => span.Service)
                .Distinct()
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Metrics_AreReadOnAPortOfTheirOwn()
    {
        var (workers, gateways) = (Ports.Free(), Ports.Free());
        await using var worker = await ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), MetricsPort(workers));
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), MetricsPort(gateways));
        await using var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        using var response = await http.PostAsJsonAsync("/predict", new { symbol = "BTC" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        Assert.Contains("coinsphere_inference_duration_seconds_count{", await MetricsAsync(workers), StringComparison.Ordinal);
        Assert.Contains("coinsphere_request_duration_seconds_count{", await MetricsAsync(gateways, "/health"), StringComparison.Ordinal);
        using var elsewhere = await http.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);

        var second = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), MetricsPort(workers)));
        Assert.Contains($"Cannot run: Failed to bind to address http://127.0.0.1:{workers}", second.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Message, StringComparison.Ordinal);
    }

    private static (string, string) MetricsPort(int port) => ("Metrics__Port", port.ToString(CultureInfo.InvariantCulture));

    private static async Task<string> MetricsAsync(int port, string otherPath = "/")
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var other = await client.GetAsync(new Uri(otherPath, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
