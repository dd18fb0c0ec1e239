using System.Net;
using System.Net.Http.Json;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using Coinsphere.Messaging.Standalone.Tests.Telemetry;

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
        (string, string)[] settings = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")];
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

        var trace = new Trace(collector, TraceId);
        var server = Assert.Single(trace.Spans, span => span.Kind == 2);
        Assert.Equal(CallersSpan, server.ParentId);
        var way = trace.Way(Assert.Single(trace.Spans, span => span.Name == "inference"));
        Assert.Equal(["Coinsphere.Messaging", "MassTransit", "Coinsphere.Messaging", "Microsoft.AspNetCore"], Trace.Runs(way.Select(span => span.Source)));
        Assert.Equal(["coinsphere-worker", "coinsphere-gateway"], Trace.Runs(way.Select(span => span.Service)));
        Assert.Same(server, way[^1]);
        // Back: the worker sends the reply below its answer, the gateway's bus receives it in the same trace.
        var reply = Assert.Single(trace.Spans, span => span is { Kind: 4, Service: "coinsphere-worker" } && span.Name.Contains("amq.rabbitmq.reply-to", StringComparison.Ordinal));
        Assert.Contains(server, trace.Way(reply));
    }
}
