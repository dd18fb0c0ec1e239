using System.Text.Json.Serialization;
using Coinsphere.Messaging.Client.Bus;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>Endpoints for liveness, readiness, and what is known of the workers.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", Get)
            .Describe("Health", "GetHealth", "200 while the process runs, with what it knows of the service.", [])
            .Answers(Examples.Health);
        routes.MapGet("/health/live", Live)
            .Describe("Health", "GetLiveness", "200 while the process runs.", [])
            .Answers(Examples.Live).NeedsNoKey();
        routes.MapGet("/health/ready", ReadyAsync)
            .Describe(
                "Health",
                "GetReadiness",
                "200 where requests can be answered, else 503 with the reasons; notes say what is wrong although requests are answered.",
                [])
            .Answers(Examples.Ready).Produces<Readiness>(StatusCodes.Status503ServiceUnavailable).NeedsNoKey();
        routes.MapGet("/api/v1/system", (SystemReporter reporter) => TypedResults.Json(reporter.Now(), ContractsJson.Body.SystemReport))
            .Describe(
                "Health",
                "GetSystem",
                "Workers, queues, cache, refusals, latency by stage, and the feed: what this gateway has counted, and what workers have reported lately.",
                [])
            .Answers(Examples.System);
    }

    private static JsonHttpResult<Liveness> Live() => TypedResults.Json(new Liveness("alive"), HealthJson.Default.Liveness);

    private static JsonHttpResult<Health> Get(SymbolCatalog catalog, LoadedModels models, IResultCache cache, TimeProvider time) => TypedResults.Json(
        new Health("healthy", time.GetUtcNow(), models.AnyTorch, "cpu", models.Count, catalog.Supported, cache.IsRedisConnected),
        HealthJson.Default.Health);

    private static async Task<JsonHttpResult<Readiness>> ReadyAsync(HealthCheckService checks, Conditions conditions, LoadedModels workers, HttpContext http)
    {
        var report = await checks.CheckHealthAsync(check => check.Tags.Contains("ready"), http.RequestAborted);
        var failed = report.Entries
            .Where(entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(entry => $"{entry.Key}: {entry.Value.Description ?? "not healthy"}");
        var (ownReasons, ownNotes) = (conditions.Reasons, conditions.Notes);
        string[] reasons = [.. failed.Concat(ownReasons).Distinct(StringComparer.Ordinal), .. workers.Reasons.Except(ownReasons)
            .Select(reason => $"workers: {reason}")];
        // A worker in the same process reports the same conditions.
        string[] notes = [.. ownNotes, .. workers.Notes.Where(note => !ownNotes.Contains(note.Key) && !ownReasons.Contains(note.Key))
            .Select(note => $"workers: {note.Key} ({note.Value} of them)")];
        var (status, code) = reasons.Length == 0
            ? (Readiness.IsReady, StatusCodes.Status200OK)
            : (Readiness.IsNotReady, StatusCodes.Status503ServiceUnavailable);
        return TypedResults.Json(new Readiness(status, reasons, notes), HealthJson.Default.Readiness, statusCode: code);
    }
}

/// <summary>Ready only where replies of workers can be received.</summary>
internal sealed class RepliesCheck(IBusControl bus) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(bus.IsThere()
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("none can be received: the message broker is unavailable, or does not let this process listen"));
}

/// <summary>Ready only where a worker has reported, and one has answered the gateway's own first question.</summary>
internal sealed class WorkersCheck(LoadedModels models) : IHealthCheck
{
    public const string NoWorker = "no worker has reported lately";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !models.AnyWorker ? HealthCheckResult.Unhealthy(NoWorker)
        : !models.HasAnswered ? HealthCheckResult.Unhealthy("none has answered this gateway's own first question yet")
        : HealthCheckResult.Healthy());
}

/// <summary>Ready only where the valid keys are known, if callers need one.</summary>
internal sealed class KeysCheck(CallerTable table, IOptions<AuthOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !options.Value.HasKeys || table.IsKnown
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(
                "callers need one, and the valid ones are not known: no worker that reads them has reported, or their file cannot be read"));
}

/// <summary>The answer of <c>GET /health</c>.</summary>
/// <param name="Status">Always <c>healthy</c>: the process runs.</param>
/// <param name="Timestamp">The current time.</param>
/// <param name="PytorchAvailable">Whether some worker computes with PyTorch's library, by its last report; by default workers use managed code.</param>
/// <param name="Device">The device that computes.</param>
/// <param name="ModelsLoaded">Symbols whose model is in the memory of some worker, by its last report.</param>
/// <param name="SupportedSymbols">The symbols that predictions are made for.</param>
/// <param name="RedisConnected">Whether the result cache is in Redis, and Redis is available.</param>
public sealed record Health(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("timestamp"), JsonConverter(typeof(InstantConverter))] DateTimeOffset Timestamp,
    [property: JsonPropertyName("pytorch_available")] bool PytorchAvailable,
    [property: JsonPropertyName("device")] string Device,
    [property: JsonPropertyName("models_loaded")] int ModelsLoaded,
    [property: JsonPropertyName("supported_symbols")] IReadOnlyList<string> SupportedSymbols,
    [property: JsonPropertyName("redis_connected")] bool RedisConnected);

/// <summary>The answer of <c>GET /health/live</c>.</summary>
/// <param name="Status">Always <c>alive</c>.</param>
public sealed record Liveness([property: JsonPropertyName("status")] string Status);

/// <summary>The answer of <c>GET /health/ready</c>.</summary>
/// <param name="Status"><c>ready</c> or <c>not_ready</c>.</param>
/// <param name="Reasons">Why nothing can be answered; empty where ready.</param>
/// <param name="Notes">What is wrong although requests are answered.</param>
public sealed record Readiness(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("reasons")] IReadOnlyList<string> Reasons,
    [property: JsonPropertyName("notes")] IReadOnlyList<string> Notes)
{
    internal const string IsReady = "ready";
    internal const string IsNotReady = "not_ready";
}

[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Liveness))]
[JsonSerializable(typeof(Readiness))]
internal sealed partial class HealthJson : JsonSerializerContext;
