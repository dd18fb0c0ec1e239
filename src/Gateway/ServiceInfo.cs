using System.Text.Json.Serialization;
using Coinsphere.Messaging.Gateway.Callers;

namespace Coinsphere.Messaging.Gateway;

/// <summary>The answer of <c>GET /</c>: the service and its endpoints.</summary>
internal static class ServiceInfo
{
    public const string Name = "Coinsphere ML Service";
    public const string Version = "1.0.0";

    private static readonly ServiceDescription Description = new(Name, Version, "running", new Dictionary<string, string>
    {
        ["/predict"] = "POST: price prediction for a symbol",
        ["/predict/ensemble"] = "POST: price prediction by all checkpoints of a symbol",
        ["/predict/batch"] = "POST: price predictions for up to 200 symbols",
        ["/risk-score"] = "POST: risk score of a symbol",
        ["/risk-score/batch"] = "POST: risk scores of up to 200 symbols",
        ["/risk-score/portfolio"] = "POST: risk of a portfolio of up to 50 symbols",
        ["/models"] = "GET: the models of all supported symbols",
        ["/models/{symbol}"] = "GET: the model of a symbol",
        ["/models/{symbol}/cache"] = "DELETE: clear what is cached of a symbol",
        ["/api/v1/predictions/{symbol}"] = "GET: price prediction, camelCase",
        ["/api/v1/predictions/{symbol}/history"] = "GET: recorded predictions with their outcomes",
        ["/api/v1/predictions/{symbol}/accuracy"] = "GET: how often recorded predictions were right",
        ["/api/v1/backtest/{symbol}"] = "GET: what would have been answered on past days, and how good that was",
        ["/api/v1/risk/{symbol}"] = "GET: risk score, camelCase",
        ["/api/v1/prices"] = "GET: newest prices of symbols",
        ["/api/v1/prices/{symbol}"] = "GET: newest daily bars of a symbol",
        ["/api/v1/stream/predictions"] = "GET: new predictions as server-sent events",
        ["/api/v1/stream/risk"] = "GET: new risk scores as server-sent events",
        ["/api/v1/stream/alerts"] = "GET: alerts as server-sent events",
        ["/api/v1/stream/ticket"] = "POST: a ticket that opens a stream in a browser",
        ["/api/v1/ws"] = "GET: the same over a WebSocket",
        ["/api/v1/alerts"] = "GET: raised alerts",
        ["/api/v1/alerts/rules"] = "GET, POST: alert rules",
        ["/api/v1/alerts/rules/{id}"] = "GET, PUT, DELETE: an alert rule",
        ["/api/v1/alerts/rules/{id}/test"] = "POST: test the webhook of an alert rule",
        ["/api/v1/system"] = "GET: workers, queues, cache, refusals, latency by stage, and the feed",
        ["/health"] = "GET: health of the process",
        ["/health/live"] = "GET: liveness",
        ["/health/ready"] = "GET: readiness, with reasons",
        ["/docs"] = "GET: this API as a page",
        ["/redoc"] = "GET: this API as a page to read",
        ["/openapi/v1.json"] = "GET: this API as OpenAPI 3.1",
        ["/openapi.json"] = "GET: the same",
        ["/openapi/v1-3.0.json"] = "GET: this API as OpenAPI 3.0, for generators that read no newer one",
    });

    public static void MapServiceInfo(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", () => TypedResults.Json(Description, ServiceJson.Default.ServiceDescription)).ExcludeFromDescription().NeedsNoKey();
}

internal sealed record ServiceDescription(
    [property: JsonPropertyName("service")] string Service,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("endpoints")] IReadOnlyDictionary<string, string> Endpoints);

[JsonSerializable(typeof(ServiceDescription))]
internal sealed partial class ServiceJson : JsonSerializerContext;
