using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.OpenApi;
using Coinsphere.Messaging.Gateway.Problems;
using Coinsphere.Messaging.Gateway.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Coinsphere.Messaging.Gateway.Prices;

/// <summary>Newest prices over HTTP.</summary>
internal static class PriceEndpoints
{
    private static readonly Uri Prices = Endpoints.Address(Endpoints.Prices);

    public static void MapPrices(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/prices", GetAsync)
            .Describe(
                "Prices",
                "GetPrices",
                "The newest price of each symbol in a comma-separated list. Symbols without prices are left out.",
                [
                    RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol,
                    RefusalReason.PricesUnavailable, RefusalReason.PricesRejected, RefusalReason.BrokerUnavailable, RefusalReason.DeadlineExceeded,
                    RefusalReason.InternalError,
                ],
                RequestDeadline.Single)
            .Answers(Examples.Prices);
        routes.MapGet("/api/v1/prices/{symbol}", GetBarsAsync)
            .Describe(
                "Prices",
                RequestFields.BarsOperation,
                "The newest closed daily bars of a symbol, ascending.",
                [
                    RefusalReason.InvalidRequest, RefusalReason.UnsupportedSymbol, RefusalReason.InsufficientHistory, RefusalReason.NoPrices,
                    RefusalReason.PricesUnavailable, RefusalReason.PricesRejected, RefusalReason.Overloaded, RefusalReason.BrokerUnavailable,
                    RefusalReason.DeadlineExceeded, RefusalReason.InternalError,
                ],
                RequestDeadline.Single)
            .Answers(Examples.Bars);
    }

    private static Task<Results<JsonHttpResult<PriceBars>, Problem>> GetBarsAsync(
        string symbol, string? days, HttpRequest http, RequestRules rules, WorkerClient workers) =>
        http.AskAsync<PriceBarsRequested, PriceBars>(Prices, ["days"], RequestDeadline.Single, workers, () =>
        {
            if (WholeNumber.Read(days, "days", PriceBarsRequested.DefaultDays, out var count) is { } refusal)
            {
                return refusal;
            }

            var request = new PriceBarsRequested(symbol, count);
            return rules.Check(request).Refusal is { } wrong ? wrong : request;
        }, ContractsJson.Body.PriceBars);

    private static async Task<Results<JsonHttpResult<LatestPricesAnswer>, Problem>> GetAsync(
        string? symbols,
        HttpRequest http,
        RequestRules rules,
        WorkerClient workers)
    {
        if (IgnoredFields.CheckQuery(http, "symbols") is { } misspelt)
        {
            return (Problem)misspelt;
        }

        if (RequestDeadline.Read(http, RequestDeadline.Single, out var deadline) is { } refusal)
        {
            return (Problem)refusal;
        }

        var names = (symbols ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length is 0 or > RequestRules.MaxBatch)
        {
            return (Problem)new RequestRefused(
                RefusalReason.InvalidRequest,
                $"symbols must name 1 to {RequestRules.MaxBatch} symbols, found {names.Length}: separate them by commas, such as ?symbols=BTC,ETH");
        }

        // A price is returned under the caller's own name of the symbol, so that POL is found under POL.
        var canonicalByName = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (rules.Symbol(name, out var canonical) is { } noSymbol)
            {
                return (Problem)noSymbol;
            }

            canonicalByName[name.Trim(' ').ToUpperInvariant()] = canonical;
        }

        var request = new LatestPricesRequested(canonicalByName.Values.Distinct(StringComparer.Ordinal).ToArray());
        var prices = await workers.AskAsync<LatestPricesRequested, LatestPricesAnswer>(Prices, request, deadline, http.HttpContext.RequestAborted);
        if (prices.IsRefused)
        {
            return (Problem)prices.Refusal;
        }

        var found = canonicalByName.Where(pair => prices.Answer.Prices.ContainsKey(pair.Value));
        var named = new OrderedDictionary<string, PricePoint>(found.Select(pair => KeyValuePair.Create(pair.Key, prices.Answer.Prices[pair.Value])));
        return TypedResults.Json(prices.Answer with { Prices = named }, ContractsJson.Body.LatestPricesAnswer);
    }
}
