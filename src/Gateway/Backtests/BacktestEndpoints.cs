using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Backtests;

/// <summary>Backtests over HTTP.</summary>
internal static class BacktestEndpoints
{
    private static readonly Uri Backtest = Endpoints.Address(Endpoints.Backtest);

    public static void MapBacktests(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/backtest/{symbol}", GetAsync)
            .Describe(
                "Backtests",
                RequestFields.BacktestOperation,
                $"What would have been answered on each day of up to {RequestRules.MaxBacktestYears} years, from the bars up to that day, and how good it was.",
                [
                    RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.UnsupportedTimeframe, RefusalReason.InsufficientHistory,
                    RefusalReason.ModelNotTrained, RefusalReason.CheckpointRejected,
                    RefusalReason.NoPrices, RefusalReason.PricesUnavailable, RefusalReason.PricesRejected, RefusalReason.Overloaded,
                    RefusalReason.BrokerUnavailable, RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
                ],
                RequestDeadline.Batch)
            .Answers(Examples.Backtest).Needs(KeyScope.Compute);

    private static Task<Results<JsonHttpResult<BacktestAnswer>, Problem>> GetAsync(
        string symbol, string? from, string? to, string? timeframe, HttpRequest http, RequestRules rules, WorkerClient workers) =>
        http.AskAsync<BacktestRequested, BacktestAnswer>(Backtest, ["from", "to", "timeframe"], RequestDeadline.Batch, workers, () =>
        {
            var request = new BacktestRequested(symbol, timeframe ?? Timeframes.Default) { From = from, To = to };
            return rules.Check(request).Refusal is { } wrong ? wrong : request;
        }, ContractsJson.Body.BacktestAnswer, static (sent, left) => sent with { DeadlineMs = left });
}
