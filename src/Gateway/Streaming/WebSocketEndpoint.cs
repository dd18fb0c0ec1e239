using System.Net.WebSockets;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.Problems;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Events as they happen, over a WebSocket. It is not part of the OpenAPI document, which has no words for it.</summary>
internal static class WebSocketEndpoint
{
    public const string Path = "/api/v1/ws";

    // Before routing. Other requests need none of it.
    public static void UseStreamSockets(this IApplicationBuilder app) =>
        app.UseWhen(http => http.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase), sockets => sockets.UseWebSockets());

    public static void MapStreamSocket(this IEndpointRouteBuilder routes) => routes.MapGet(Path, OpenAsync).ExcludeFromDescription()
        .WithMetadata(new TakesTicket());

    private static async Task OpenAsync(
        HttpContext http, EventHub hub, RequestRules rules, ICorsPolicyProvider cors, IOptions<StreamingOptions> options, TimeProvider time,
        IHostApplicationLifetime lifetime)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.Headers.Upgrade = "websocket";
            await Problem.WriteAsync(
                http, new RequestRefused(RefusalReason.InvalidRequest, $"{Path} is for WebSockets: expected a request to upgrade the connection to one"),
                StatusCodes.Status426UpgradeRequired, "Upgrade required");
            return;
        }

        if (await ForeignOriginAsync(http, cors) is { } origin)
        {
            await Problem.WriteAsync(
                http, new RequestRefused(
                    RefusalReason.InvalidRequest,
                    $"pages of {CallerText.Quoted(origin)} may not open a WebSocket here: Gateway:CorsOrigins names those that may"),
                StatusCodes.Status403Forbidden, "Origin not allowed");
            return;
        }

        WebSocketSession? session = null;
        if (hub.Open(WebSocketSession.Transport, "any", () => session?.Abort(), caller: http.KnownCaller()) is not { } listener)
        {
            await ((Problem)StreamEndpoints.Full).ExecuteAsync(http);
            return;
        }

        try
        {
            // One that answers no ping is closed, also where the client has vanished without a word.
            using var socket = await http.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { KeepAliveInterval = options.Value.Heartbeat, KeepAliveTimeout = options.Value.Heartbeat });
            using var opened = new WebSocketSession(socket, listener, hub, rules, time);
            session = opened;
            await opened.RunAsync(http.RequestAborted);
        }
        finally
        {
            hub.Close(listener);
        }
    }

    // A browser asks nobody before it opens a WebSocket, so the rules of CORS are applied here. Other programs send no origin.
    private static async Task<string?> ForeignOriginAsync(HttpContext http, ICorsPolicyProvider cors)
    {
        if (http.Request.Headers.Origin.ToString() is not { Length: > 0 } origin)
        {
            return null;
        }

        var isOwn = Uri.TryCreate(origin, UriKind.Absolute, out var url)
            && string.Equals(url.Authority, Authority(http.Request), StringComparison.OrdinalIgnoreCase);
        return isOwn || await cors.GetPolicyAsync(http, null) is { } policy && (policy.AllowAnyOrigin || policy.IsOriginAllowed(origin)) ? null : origin;
    }

    // Without the scheme's own port, as Uri has it.
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var url) ? url.Authority : "";
}
