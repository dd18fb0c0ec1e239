using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.AspNetCore.Mvc;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Events as they happen, as server-sent events.</summary>
internal static class StreamEndpoints
{
    private const string Transport = "sse";
    private const string IdHeader = "Last-Event-ID";
    private const string IdParameter = "lastEventId";

    private static readonly RefusalReason[] Refusals =
        [RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.Overloaded, RefusalReason.InternalError];

    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/stream/predictions", Predictions)
            .Describe(
                "Streams", "StreamPredictions", "Each new prediction as a server-sent event.",
                [.. Refusals, RefusalReason.UnsupportedTimeframe])
            .Streams(StreamChannel.Predictions, Examples.Prediction).WithMetadata(new TakesTicket());
        routes.MapGet("/api/v1/stream/risk", Events(StreamChannel.Risk))
            .Describe("Streams", "StreamRisk", "Each new risk score as a server-sent event.", Refusals)
            .Streams(StreamChannel.Risk, Examples.Risk).WithMetadata(new TakesTicket());
        routes.MapGet("/api/v1/stream/alerts", Events(StreamChannel.Alerts))
            .Describe("Streams", "StreamAlerts", "Each alert as a server-sent event.", Refusals)
            .Streams(StreamChannel.Alerts, Examples.Alert).WithMetadata(new TakesTicket());
    }

    private static IResult Predictions(
        string? symbols, string? timeframe, string? lastEventId, [FromHeader(Name = IdHeader)] string? lastEventIdHeader,
        HttpContext http, RequestRules rules, EventHub hub, TimeProvider time) =>
        IgnoredFields.CheckQuery(http.Request, "symbols", "timeframe", IdParameter, StreamTickets.Parameter) is { } misspelt ? (Problem)misspelt
        : StreamQuery.Timeframes(timeframe, out var timeframes) is { } noTimeframe ? (Problem)noTimeframe
        : Open(StreamChannel.Predictions, symbols, timeframes, lastEventId, lastEventIdHeader, http, rules, hub, time);

    private static Delegate Events(StreamChannel channel) => (
        string? symbols, string? lastEventId, [FromHeader(Name = IdHeader)] string? lastEventIdHeader,
        HttpContext http, RequestRules rules, EventHub hub, TimeProvider time) =>
        IgnoredFields.CheckQuery(http.Request, "symbols", IdParameter, StreamTickets.Parameter) is { } misspelt
            ? (Problem)misspelt
            : Open(channel, symbols, null, lastEventId, lastEventIdHeader, http, rules, hub, time);

    private static IResult Open(
        StreamChannel channel, string? symbolList, HashSet<string>? timeframes, string? lastEventId, string? lastEventIdHeader,
        HttpContext http, RequestRules rules, EventHub hub, TimeProvider time)
    {
        if (rules.Symbols(channel, symbolList?.Split(',', StringSplitOptions.RemoveEmptyEntries), out var symbols) is { } noSymbol)
        {
            return (Problem)noSymbol;
        }

        // A browser that reconnects sends the header with the address that it had at first.
        var (text, name) = string.IsNullOrEmpty(lastEventIdHeader) ? (lastEventId, IdParameter) : (lastEventIdHeader, IdHeader);
        if (StreamQuery.Id(text, name, out var after) is { } noId)
        {
            return (Problem)noId;
        }

        if (http.IsWithoutBody())
        {
            SetHeaders(http.Response);
            http.Response.ContentType = "text/event-stream";
            return TypedResults.Empty;
        }

        if (hub.Open(Transport, channel.Name(), http.Abort, timeframes, http.KnownCaller()) is not { } listener)
        {
            return (Problem)Full;
        }

        http.Response.RegisterForDispose(new Registration(hub, listener));
        http.Response.OnStarting(() =>
        {
            SetHeaders(http.Response);
            return Task.CompletedTask;
        });
        hub.Greet(listener, resumes: after is not null);
        hub.Subscribe(listener, channel, symbols, after);
        return TypedResults.ServerSentEvents(ReadAsync(listener, time, http.RequestAborted));
    }

    /// <summary>The refusal of a listener too many, or of one that comes while the gateway stops.</summary>
    public static RequestRefused Full { get; } = new(
        RefusalReason.Overloaded, "this gateway has as many listeners as it may have, or stops; try again shortly");

    private static async IAsyncEnumerable<SseItem<byte[]>> ReadAsync(
        Listener listener, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var delivery in listener.ReadAllAsync(cancellationToken))
        {
            foreach (var frame in delivery.Frames)
            {
                yield return frame.Sse;
            }

            delivery.Measure(Transport, time);
        }

        if (listener.Dropped is { } last)
        {
            yield return last.Sse;
        }
    }

    // The framework's own value of Cache-Control lets proxies transform the stream, for example compress it, and hold it back meanwhile.
    private static void SetHeaders(HttpResponse response)
    {
        response.Headers.CacheControl = "no-cache, no-transform";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    private sealed class Registration(EventHub hub, Listener listener) : IDisposable
    {
        public void Dispose() => hub.Close(listener);
    }
}
