using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Predictions;

/// <summary>Recorded predictions over HTTP.</summary>
internal static class RecordEndpoints
{
    private static readonly Uri Records = Endpoints.Address(Endpoints.Records);

    private static readonly RefusalReason[] Refusals =
    [
        RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.RecordsUnavailable, RefusalReason.PricesUnavailable,
        RefusalReason.PricesRejected,
        RefusalReason.Overloaded, RefusalReason.BrokerUnavailable, RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
    ];

    public static void MapRecords(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/predictions/{symbol}/history", HistoryAsync)
            .Describe("Predictions", "GetPredictionHistory", "The newest recorded predictions of a symbol, with their outcomes.", Refusals)
            .Answers(Examples.History);
        routes.MapGet("/api/v1/predictions/{symbol}/accuracy", AccuracyAsync)
            .Describe("Predictions", "GetPredictionAccuracy", "How often the recorded predictions of a symbol were right, beside the base rate.", Refusals)
            .Answers(Examples.Accuracy);
    }

    private static Task<Results<JsonHttpResult<PredictionHistory>, Problem>> HistoryAsync(
        string symbol,
        string? limit,
        HttpRequest http,
        RequestRules rules,
        WorkerClient workers) =>
        AskAsync(
            http, workers, Number(
                limit,
                "limit",
                PredictionHistoryRequested.DefaultLimit,
                number => new PredictionHistoryRequested(symbol, number)), request => rules.Check(request).Refusal,
            ContractsJson.Body.PredictionHistory);

    private static Task<Results<JsonHttpResult<PredictionAccuracy>, Problem>> AccuracyAsync(
        string symbol,
        string? days,
        HttpRequest http,
        RequestRules rules,
        WorkerClient workers) =>
        AskAsync(
            http, workers, Number(
                days,
                "days",
                PredictionAccuracyRequested.DefaultDays,
                number => new PredictionAccuracyRequested(symbol, number)), request => rules.Check(request).Refusal,
            ContractsJson.Body.PredictionAccuracy);

    private static async Task<Results<JsonHttpResult<TAnswer>, Problem>> AskAsync<TRequest, TAnswer>(
        HttpRequest http, WorkerClient workers, Result<TRequest> request, Func<TRequest, RequestRefused?> check, JsonTypeInfo<TAnswer> type)
        where TRequest : class
        where TAnswer : class
    {
        if (request.IsRefused)
        {
            return (Problem)request.Refusal;
        }

        if (check(request.Answer) is { } refusal)
        {
            return (Problem)refusal;
        }

        if (RequestDeadline.Read(http, RequestDeadline.Single, out var deadline) is { } wrongDeadline)
        {
            return (Problem)wrongDeadline;
        }

        var answer = await workers.AskAsync<TRequest, TAnswer>(Records, request.Answer, deadline, http.HttpContext.RequestAborted);
        return answer.IsRefused ? (Problem)answer.Refusal : TypedResults.Json(answer.Answer, type);
    }

    private static Result<TRequest> Number<TRequest>(string? text, string name, int standard, Func<int, TRequest> request) where TRequest : class
    {
        if (text is null)
        {
            return request(standard);
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? request(number)
            : new RequestRefused(RefusalReason.InvalidRequest, $"{name} must be a whole number such as {standard}");
    }
}
