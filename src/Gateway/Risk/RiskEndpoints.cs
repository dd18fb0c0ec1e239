using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Answers;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Predictions;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Coinsphere.Messaging.Gateway.Risk;

/// <summary>Risk scores over HTTP.</summary>
internal static class RiskEndpoints
{
    private static readonly RefusalReason[] Refusals =
    [
        RefusalReason.InvalidRequest, RefusalReason.RequestTooLarge,
        RefusalReason.UnsupportedSymbol, RefusalReason.InvalidAsOf, RefusalReason.InsufficientHistory,
        RefusalReason.StalePrices, RefusalReason.NoPrices, RefusalReason.PricesUnavailable, RefusalReason.PricesRejected, RefusalReason.Overloaded,
        RefusalReason.BrokerUnavailable,
        RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
    ];

    private static readonly RefusalReason[] WithoutBody = [.. Refusals.Except([RefusalReason.RequestTooLarge])];

    public static void MapRisk(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/risk-score", ScoreAsync)
            .Describe(
                "Risk",
                "ScoreRisk",
                "Scores the risk of a symbol. It works for any symbol with prices and needs no model.",
                Refusals,
                RequestDeadline.Single)
            .Accepts<RiskBody>("application/json").Answers(Examples.RiskOfShare, Examples.RiskRequest).Needs(KeyScope.Compute);
        routes.MapPost("/risk-score/batch", ScoreBatchAsync)
            .Describe(
                "Risk",
                "ScoreRiskBatch",
                "Scores 1 to 200 symbols; each gets an answer or a refusal, in input order.",
                PredictionEndpoints.BatchRefusals,
                RequestDeadline.Batch)
            .Accepts<RiskBatchBody>("application/json").AnswersBatch(Examples.RiskBatch, Examples.RiskBatchRequest).Needs(KeyScope.Compute);
        routes.MapPost("/risk-score/portfolio", ScorePortfolioAsync)
            .Describe(
                "Risk",
                "ScorePortfolioRisk",
                $"The risk of a portfolio of 1 to {RequestRules.MaxHoldings} symbols, and the share of each in it.",
                Refusals,
                RequestDeadline.Single)
            .Accepts<PortfolioBody>("application/json").Answers(Examples.Portfolio, Examples.PortfolioRequest).Needs(KeyScope.Compute);
        routes.MapGet("/api/v1/risk/{symbol}", GetAsync)
            .Describe("Risk", "GetRisk", "The risk score of a symbol with every name in camelCase.", WithoutBody, RequestDeadline.Single)
            .AnswersInCamelCase(Examples.Risk).Needs(KeyScope.Compute);
    }

    private static Task<Results<AnswerBody, Problem>> ScoreAsync(HttpRequest http, AnswerClient answers) =>
        http.AnswerAsync(BodiesJson.Default.RiskBody, RequestDeadline.Single, (body, deadline) =>
            answers.ScoreRiskAsync(body.ToMessage(), deadline, http.HttpContext.RequestAborted));

    private static Task<Results<AnswerBody, Problem>> ScoreBatchAsync(HttpRequest http, AnswerClient answers) =>
        http.AnswerAsync(BodiesJson.Default.RiskBatchBody, RequestDeadline.Batch, (body, deadline) =>
            BatchClient.ReadAsync(http.HttpContext, body.Symbols, deadline, (symbol, itsDeadline) =>
                answers.ScoreRiskAsync(
                    new RiskBody(symbol, body.PortfolioAllocation, body.AsOf, body.AsOfSnakeCase).ToMessage(),
                    itsDeadline,
                    http.HttpContext.RequestAborted)));

    private static Task<Results<AnswerBody, Problem>> ScorePortfolioAsync(HttpRequest http, AnswerClient answers) =>
        http.AnswerAsync(BodiesJson.Default.PortfolioBody, RequestDeadline.Single, (body, deadline) =>
            answers.ScorePortfolioAsync(body.ToMessage(), deadline, http.HttpContext.RequestAborted));

    private static Task<Results<AnswerBody, Problem>> GetAsync(
        string symbol, string? asOf, [FromQuery(Name = "as_of")] string? asOfSnakeCase, HttpRequest http, AnswerClient answers) =>
        http.AnswerQueryAsync(["asOf", "as_of"], RequestDeadline.Single, async deadline =>
            CamelCase.Of(await answers.ScoreRiskAsync(
                new RiskBody(symbol, null, asOf, asOfSnakeCase).ToMessage(), deadline, http.HttpContext.RequestAborted)));
}
