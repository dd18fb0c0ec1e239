using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Models;

/// <summary>Models over HTTP: describing them, and clearing what is cached of a symbol.</summary>
internal static class ModelEndpoints
{
    private static readonly Uri Models = Endpoints.Address(Endpoints.Models);

    private static readonly RefusalReason[] Refusals =
    [
        RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.BrokerUnavailable, RefusalReason.DeadlineExceeded,
        RefusalReason.InternalError,
    ];

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", ListAsync)
            .Describe(
                "Models",
                "ListModels",
                "Describes the models of all supported symbols.",
                [.. Refusals.Except([RefusalReason.UnsupportedSymbol])],
                RequestDeadline.Single)
            .Answers(Examples.Models);
        routes.MapGet("/models/{symbol}", GetAsync)
            .Describe("Models", "GetModel", "Describes the model of a symbol, trained or not.", Refusals, RequestDeadline.Single)
            .Answers(Examples.Model);
        routes.MapDelete("/models/{symbol}/cache", ClearCacheAsync)
            .Describe(
                "Models",
                "ClearModelCache",
                "Clears a symbol's cached answers and its loaded model in every process.",
                [.. Refusals, RefusalReason.CacheUnavailable],
                RequestDeadline.Single)
            .Answers(Examples.CacheCleared).Needs(KeyScope.Admin);
    }

    private static async Task<Results<JsonHttpResult<ModelsDescribed>, Problem>> ListAsync(HttpRequest http, SymbolCatalog catalog, WorkerClient workers)
    {
        var models = await DescribeAsync(http, catalog.Supported, workers);
        return models.IsRefused ? (Problem)models.Refusal : TypedResults.Json(models.Answer, ContractsJson.Body.ModelsDescribed);
    }

    private static async Task<Results<JsonHttpResult<ModelInfo>, Problem>> GetAsync(string symbol, HttpRequest http, RequestRules rules, WorkerClient workers)
    {
        if (rules.Symbol(symbol, out var canonical) is { } refusal)
        {
            return (Problem)refusal;
        }

        var models = await DescribeAsync(http, [canonical], workers);
        return models.IsRefused ? (Problem)models.Refusal : TypedResults.Json(models.Answer.Models.Single(), ContractsJson.Body.ModelInfo);
    }

    private static async Task<Results<JsonHttpResult<CacheCleared>, Problem>> ClearCacheAsync(
        string symbol, HttpRequest http, RequestRules rules, IResultCache cache, WorkerClient workers, TimeProvider time)
    {
        IgnoredFields.NameQuery(http);
        if (rules.Symbol(symbol, out var canonical) is { } refusal)
        {
            return (Problem)refusal;
        }

        if (RequestDeadline.Read(http, RequestDeadline.Single, out var deadline) is { } wrongDeadline)
        {
            return (Problem)wrongDeadline;
        }

        var isEnded = await cache.InvalidateAsync(canonical, http.HttpContext.RequestAborted);
        if (await workers.BroadcastAsync(new CacheClearRequested(canonical), deadline, http.HttpContext.RequestAborted) is { } notSent)
        {
            return (Problem)notSent;
        }

        if (!isEnded)
        {
            return (Problem)new RequestRefused(
                RefusalReason.CacheUnavailable,
                $"{canonical} is not cleared everywhere yet, because the result cache is unavailable; try again shortly");
        }

        return TypedResults.Json(new CacheCleared($"Cache cleared for {canonical}", canonical, time.GetUtcNow()), ModelsJson.Default.CacheCleared);
    }

    private static async Task<Result<ModelsDescribed>> DescribeAsync(HttpRequest http, IReadOnlyList<string> symbols, WorkerClient workers)
    {
        IgnoredFields.NameQuery(http);
        if (RequestDeadline.Read(http, RequestDeadline.Single, out var deadline) is { } refusal)
        {
            return refusal;
        }

        return await workers.AskAsync<ModelsRequested, ModelsDescribed>(Models, new ModelsRequested(symbols), deadline, http.HttpContext.RequestAborted);
    }
}

/// <summary>The answer to a cleared cache.</summary>
/// <param name="Message">A sentence for people.</param>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Timestamp">When the cache was cleared.</param>
public sealed record CacheCleared(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timestamp"), JsonConverter(typeof(InstantConverter))] DateTimeOffset Timestamp);

[JsonSerializable(typeof(CacheCleared))]
internal sealed partial class ModelsJson : JsonSerializerContext;
