using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Coinsphere.Messaging.Gateway.Predictions;

/// <summary>Recorded predictions over HTTP.</summary>
internal static class RecordEndpoints
{
    private static readonly Uri Records = Endpoints.Address(Endpoints.Records);

    private static readonly RefusalReason[] Refusals =
    [
        RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.UnsupportedTimeframe,
        RefusalReason.RecordsUnavailable, RefusalReason.PricesUnavailable,
        RefusalReason.PricesRejected,
        RefusalReason.Overloaded, RefusalReason.BrokerUnavailable, RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
    ];

    public static void MapRecords(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/predictions/{symbol}/history", HistoryAsync)
            .Describe(
                "Predictions",
                RequestFields.HistoryOperation,
                "The recorded predictions of a symbol with their outcomes, newest first, in pages.",
                Refusals,
                RequestDeadline.Single)
            .Answers(Examples.History);
        routes.MapGet("/api/v1/predictions/{symbol}/accuracy", AccuracyAsync)
            .Describe(
                "Predictions",
                "GetPredictionAccuracy",
                "How often the recorded predictions of a symbol were right, beside the base rate.",
                Refusals,
                RequestDeadline.Single)
            .Answers(Examples.Accuracy);
    }

    private static Task<Results<JsonHttpResult<PredictionHistory>, Problem>> HistoryAsync(
        string symbol,
        string? limit,
        string? offset,
        string? timeframe,
        string? from,
        string? to,
        HttpRequest http,
        RequestRules rules,
        WorkerClient workers) =>
        http.AskAsync<PredictionHistoryRequested, PredictionHistory>(
            Records, ["limit", "offset", "timeframe", "from", "to"], RequestDeadline.Single, workers, () =>
        {
            var wrongLimit = WholeNumber.Read(limit, "limit", PredictionHistoryRequested.DefaultLimit, out var most);
            var wrongOffset = WholeNumber.Read(offset, "offset", 0, out var skipped);
            if ((wrongLimit ?? wrongOffset) is { } refusal)
            {
                return refusal;
            }

            var request = new PredictionHistoryRequested(symbol, most) { Offset = skipped, Timeframe = timeframe, From = from, To = to };
            return rules.Check(request).Refusal is { } wrong ? wrong : request;
        }, ContractsJson.Body.PredictionHistory);

    private static Task<Results<JsonHttpResult<PredictionAccuracy>, Problem>> AccuracyAsync(
        string symbol,
        string? days,
        [FromQuery(Name = "include_replays")] string? includeReplays,
        HttpRequest http,
        RequestRules rules,
        WorkerClient workers) =>
        http.AskAsync<PredictionAccuracyRequested, PredictionAccuracy>(Records, ["days", "include_replays"], RequestDeadline.Single, workers, () =>
        {
            if (WholeNumber.Read(days, "days", PredictionAccuracyRequested.DefaultDays, out var counted) is { } refusal)
            {
                return refusal;
            }

            if (!bool.TryParse(includeReplays ?? "false", out var replays))
            {
                return new RequestRefused(RefusalReason.InvalidRequest, $"include_replays must be true or false, found {CallerText.Quoted(includeReplays)}");
            }

            var request = new PredictionAccuracyRequested(symbol, counted) { IncludeReplays = replays };
            return rules.Check(request).Refusal is { } wrong ? wrong : request;
        }, ContractsJson.Body.PredictionAccuracy);
}
