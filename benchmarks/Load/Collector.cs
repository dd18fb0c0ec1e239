using System.Collections.Concurrent;
using Coinsphere.Messaging.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Load;

/// <summary>Takes the metrics that gateway and workers send over OTLP, and keeps the last values of each process.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Received> _last = [];

    private Collector(WebApplication app) => _app = app;

    public static async Task<Collector> StartAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var collector = new Collector(builder.Build());
        collector._app.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collector.Keep(body.ToArray());
        });
        collector._app.MapPost("/v1/traces", () => { });
        collector._app.MapPost("/v1/logs", () => { });
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>The values of so many processes of a service, all read by them after this was called.</summary>
    public async Task<IReadOnlyDictionary<string, Counts>> ReadAsync(string service, int processes)
    {
        var before = _last.ToDictionary(pair => pair.Key, pair => pair.Value.Times);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            // What arrives first may have been under way already; the second was read after the first had arrived.
            var fresh = _last.Where(pair => pair.Value.Service == service && pair.Value.Times >= before.GetValueOrDefault(pair.Key) + 2).ToArray();
            if (fresh.Length > processes)
            {
                throw new MeasureException($"{fresh.Length} processes of {service} report, {processes} were started");
            }

            if (fresh.Length == processes)
            {
                return fresh.ToDictionary(pair => pair.Key, pair => pair.Value.Counts);
            }

            if (limit.IsCancellationRequested)
            {
                throw new MeasureException($"{fresh.Length} of {processes} processes of {service} report");
            }

            await Task.Delay(20);
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // The numbers are those of opentelemetry/proto/collector/metrics/v1 and metrics/v1: sum 7, histogram 9. All values are totals since the process began.
    private void Keep(ReadOnlyMemory<byte> request)
    {
        foreach (var resource in request.Fields().Messages(1))
        {
            var tags = resource.Messages(1).Single().Messages(1)
                .ToDictionary(pair => pair.Field(1).Text, pair => pair.Messages(2).Single().Field(1).Text);
            var metrics = resource.Messages(2).SelectMany(scope => scope.Messages(2)).ToLookup(metric => metric.Field(1).Text);
            var counts = new Counts(
                Histogram("coinsphere.answer.duration"), Sum("coinsphere.forward_passes"), Sum("coinsphere.cache.hits"), Sum("coinsphere.coalesced"),
                Stages.Names.ToDictionary(name => name, name => Duration($"coinsphere.{name}.duration")));
            _last.AddOrUpdate(
                tags["service.instance.id"], _ => new(tags["service.name"], 1, counts), (_, last) => new(last.Service, last.Times + 1, counts));

            long Sum(string name) => Points(name, 7).Sum(point => (long)point.Field(6).Bits);
            (long Count, double Seconds) Duration(string name) =>
                (Histogram(name), Points(name, 9).Sum(point => BitConverter.UInt64BitsToDouble(point.Field(5).Bits)));
            long Histogram(string name) => Points(name, 9).Sum(point => (long)point.Field(4).Bits);
            IEnumerable<List<ProtobufField>> Points(string name, int kind) =>
                metrics[name].SelectMany(metric => metric.Messages(kind)).SelectMany(data => data.Messages(1));
        }
    }

    private sealed record Received(string Service, long Times, Counts Counts);
}

/// <summary>What a process has done since it began.</summary>
internal sealed record Counts(
    long Requests,
    long ForwardPasses,
    long CacheHits,
    long Coalesced,
    IReadOnlyDictionary<string, (long Count, double Seconds)> Stages);
