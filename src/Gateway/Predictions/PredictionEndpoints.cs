using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Coinsphere.Messaging.Gateway.Predictions;

/// <summary>Predictions over HTTP.</summary>
internal static class PredictionEndpoints
{
    private static readonly RefusalReason[] Refusals =
    [
        RefusalReason.InvalidRequest, RefusalReason.RequestTooLarge,
        RefusalReason.UnsupportedSymbol, RefusalReason.UnsupportedTimeframe, RefusalReason.InvalidAsOf, RefusalReason.InsufficientHistory,
        RefusalReason.ModelNotTrained, RefusalReason.CheckpointRejected,
        RefusalReason.StalePrices, RefusalReason.NoPrices, RefusalReason.PricesUnavailable, RefusalReason.PricesRejected, RefusalReason.Overloaded,
        RefusalReason.BrokerUnavailable,
        RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
    ];

    private static readonly RefusalReason[] WithoutBody = [.. Refusals.Except([RefusalReason.RequestTooLarge])];

    public static void MapPredictions(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/predict", PredictAsync)
            .Describe("Predictions", "Predict", "Predicts the direction of a symbol's price.", Refusals, RequestDeadline.Single)
            .Accepts<PredictBody>("application/json").Answers(Examples.Prediction, Examples.PredictRequest).Needs(KeyScope.Compute);
        routes.MapPost("/predict/ensemble", PredictEnsembleAsync)
            .Describe("Predictions", "PredictEnsemble", "Predicts with all checkpoints of a symbol combined.", Refusals, RequestDeadline.Single)
            .Accepts<EnsembleBody>("application/json").Answers(Examples.Ensemble, Examples.EnsembleRequest).Needs(KeyScope.Compute);
        routes.MapPost("/predict/batch", PredictBatchAsync)
            .Describe(
                "Predictions",
                "PredictBatch",
                "Predicts for 1 to 200 symbols; each gets an answer or a refusal, in input order.",
                BatchRefusals,
                RequestDeadline.Batch)
            .Accepts<PredictBatchBody>("application/json").AnswersBatch(Examples.PredictBatch, Examples.PredictBatchRequest).Needs(KeyScope.Compute);
        routes.MapGet("/api/v1/predictions/{symbol}", GetAsync)
            .Describe("Predictions", "GetPrediction", "The prediction of a symbol with every name in camelCase.", WithoutBody, RequestDeadline.Single)
            .AnswersInCamelCase(Examples.Prediction).Needs(KeyScope.Compute);
    }

    public static RefusalReason[] BatchRefusals { get; } = [RefusalReason.InvalidRequest, RefusalReason.RequestTooLarge, RefusalReason.InternalError];

    private static Task<Results<AnswerBody, Problem>> PredictAsync(HttpRequest http, AnswerClient answers) =>
        http.AnswerAsync(BodiesJson.Default.PredictBody, RequestDeadline.Single, (body, deadline) =>
            answers.PredictAsync(body.ToMessage(), deadline, http.HttpContext.RequestAborted));

    private static Task<Results<AnswerBody, Problem>> PredictEnsembleAsync(HttpRequest http, AnswerClient answers) =>
        http.AnswerAsync(BodiesJson.Default.EnsembleBody, RequestDeadline.Single, (body, deadline) =>
            answers.PredictEnsembleAsync(body.ToMessage(), deadline, http.HttpContext.RequestAborted));

    private static Task<Results<AnswerBody, Problem>> PredictBatchAsync(HttpRequest http, AnswerClient answers) =>
        http.AnswerAsync(BodiesJson.Default.PredictBatchBody, RequestDeadline.Batch, (body, deadline) =>
            BatchClient.ReadAsync(http.HttpContext, body.Symbols, deadline, (symbol, itsDeadline) =>
                answers.PredictAsync(
                    new PredictBody(symbol, body.Timeframe, body.AsOf, body.AsOfSnakeCase, body.Explain).ToMessage(),
                    itsDeadline,
                    http.HttpContext.RequestAborted)));

    private static Task<Results<AnswerBody, Problem>> GetAsync(
        string symbol,
        string? timeframe,
        string? asOf,
        [FromQuery(Name = "as_of")] string? asOfSnakeCase,
        bool? explain,
        HttpRequest http,
        AnswerClient answers) =>
        http.AnswerQueryAsync(["timeframe", "asOf", "as_of", "explain"], RequestDeadline.Single, async deadline =>
            CamelCase.Of(await answers.PredictAsync(
                new PredictBody(symbol, timeframe, asOf, asOfSnakeCase, explain).ToMessage(), deadline, http.HttpContext.RequestAborted)));
}
