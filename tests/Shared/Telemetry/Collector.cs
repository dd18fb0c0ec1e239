using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Tests;

/// <summary>Takes what an OTLP exporter sends over HTTP, and decodes it.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Collector(WebApplication app) => _app = app;

    public ConcurrentQueue<Span> Spans { get; } = [];

    public ConcurrentQueue<Point> Points { get; } = [];

    public ConcurrentQueue<LogLine> Logs { get; } = [];

    public string Url => _app.Urls.Single();

    public static async Task<Collector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new Collector(builder.Build());
        collector._app.MapPost("/v1/traces", async (HttpRequest request) => collector.AddSpans(await BodyAsync(request)));
        collector._app.MapPost("/v1/metrics", async (HttpRequest request) => collector.AddPoints(await BodyAsync(request)));
        collector._app.MapPost("/v1/logs", async (HttpRequest request) => collector.AddLogs(await BodyAsync(request)));
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpRequest request)
    {
        Assert.Equal("application/x-protobuf", request.ContentType);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    // The numbers are those of opentelemetry/proto/collector/trace/v1 and trace/v1.
    private void AddSpans(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in request.Fields().Messages(1))
        {
            foreach (var scope in resource.Messages(2))
            {
                foreach (var span in scope.Messages(2))
                {
                    Spans.Enqueue(new Span(
                        Service(resource), scope.Messages(1).Single().Field(1).Text, span.Field(5).Text, (int)span.Field(6).Bits,
                        span.Field(1).Hex, span.Field(2).Hex, span.Field(4).Hex, TimeSpan.FromTicks((long)(span.Field(8).Bits - span.Field(7).Bits) / 100)));
                }
            }
        }
    }

    // The numbers are those of opentelemetry/proto/collector/metrics/v1 and metrics/v1: gauge 5, sum 7, histogram 9.
    private void AddPoints(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in request.Fields().Messages(1))
        {
            foreach (var metric in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                var name = metric.Field(1).Text;
                foreach (var point in metric.Messages(5).Concat(metric.Messages(7)).SelectMany(data => data.Messages(1)))
                {
                    Points.Enqueue(new Point(name, Tags(point, 7), point.Field(6).Number == 6 ? (long)point.Field(6).Bits : point.Field(4).Double, 0));
                }

                foreach (var point in metric.Messages(9).SelectMany(data => data.Messages(1)))
                {
                    Points.Enqueue(new Point(name, Tags(point, 9), point.Field(5).Double, (long)point.Field(4).Bits));
                }
            }
        }
    }

    // The numbers are those of opentelemetry/proto/collector/logs/v1 and logs/v1.
    private void AddLogs(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in request.Fields().Messages(1))
        {
            foreach (var line in resource.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                Logs.Enqueue(new LogLine(Service(resource), line.Messages(5).Single().Field(1).Text, line.Field(9).Hex));
            }
        }
    }

    private static string Service(List<ProtobufField> resource) => Tags(resource.Messages(1).Single(), 1)["service.name"];

    private static Dictionary<string, string> Tags(List<ProtobufField> fields, int number) =>
        fields.Messages(number).ToDictionary(pair => pair.Field(1).Text, pair => pair.Messages(2).Single().Field(1).Text);
}

/// <summary>A span as it arrived. Kind 1 is internal, 2 server, 3 client, 4 producer, 5 consumer.</summary>
internal sealed record Span(string Service, string Source, string Name, int Kind, string TraceId, string Id, string ParentId, TimeSpan Duration);

/// <summary>The value of a metric; of a histogram its sum and its count.</summary>
internal sealed record Point(string Name, IReadOnlyDictionary<string, string> Tags, double Value, long Count);

/// <summary>A line of the log, and the trace it belongs to.</summary>
internal sealed record LogLine(string Service, string Text, string TraceId);
