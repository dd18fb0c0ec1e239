using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Problems;

/// <summary>A worker's refusal over HTTP.</summary>
public class RefusalStatusTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    public static TheoryData<RefusalReason, int> Table { get; } = new()
    {
        { RefusalReason.InvalidRequest, 422 },
        { RefusalReason.UnsupportedSymbol, 400 },
        { RefusalReason.UnsupportedTimeframe, 400 },
        { RefusalReason.InvalidAsOf, 400 },
        { RefusalReason.InsufficientHistory, 400 },
        { RefusalReason.ModelNotTrained, 404 },
        { RefusalReason.RequestTooLarge, 413 },
        { RefusalReason.CheckpointRejected, 503 },
        { RefusalReason.StalePrices, 503 },
        { RefusalReason.NoPrices, 503 },
        { RefusalReason.PricesUnavailable, 503 },
        { RefusalReason.PricesRejected, 503 },
        { RefusalReason.Overloaded, 503 },
        { RefusalReason.BrokerUnavailable, 503 },
        { RefusalReason.CacheUnavailable, 503 },
        { RefusalReason.RecordsUnavailable, 503 },
        { RefusalReason.DeadlineExceeded, 504 },
        { RefusalReason.InternalError, 500 },
        { RefusalReason.RuleNotFound, 404 },
        { RefusalReason.TooManyRules, 409 },
        { RefusalReason.NotAllowed, 403 },
        { RefusalReason.Unauthenticated, 401 },
        { RefusalReason.KeysUnavailable, 503 },
        { RefusalReason.RateLimited, 429 },
    };

    [Fact]
    public void Table_HasEveryReason() => Assert.Equal(Enum.GetValues<RefusalReason>().Order(), Table.Select(row => row.Data.Item1).Order());

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Refusal_IsAProblemWithItsStatusAndItsDetail(RefusalReason reason, int status)
    {
        var refusal = new RequestRefused(reason, "found 'this', expected \"that\"");
        gateway.Worker.Predict = _ => refusal;
        gateway.Worker.PredictEnsemble = _ => refusal;
        gateway.Worker.Risk = _ => refusal;
        gateway.Worker.PortfolioRisk = _ => refusal;
        gateway.Worker.Models = _ => refusal;
        gateway.Worker.Prices = _ => refusal;

        HttpResponseMessage[] responses =
        [
            await _client.PostAsync("/predict", """{"symbol":"BTC"}"""),
            await _client.PostAsync("/predict/ensemble", """{"symbol":"BTC"}"""),
            await _client.PostAsync("/risk-score", """{"symbol":"BTC"}"""),
            await _client.PostAsync("/risk-score/portfolio", """{"holdings":[{"symbol":"BTC","weight":1}]}"""),
            await _client.SendAsync(HttpMethod.Get, "/models/BTC"),
            await _client.SendAsync(HttpMethod.Get, "/models"),
            await _client.SendAsync(HttpMethod.Get, "/api/v1/predictions/BTC"),
            await _client.SendAsync(HttpMethod.Get, "/api/v1/risk/BTC"),
            await _client.SendAsync(HttpMethod.Get, "/api/v1/prices?symbols=BTC"),
        ];
        foreach (var response in responses)
        {
            var problem = await response.ProblemAsync((HttpStatusCode)status, reason);
            Assert.Equal(refusal.Detail, problem.Detail);
            Assert.Contains(refusal.Detail.Replace("\"", "\\\"", StringComparison.Ordinal), await response.TextAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task UnsupportedRequests_AreRefusedBeforeAnyWorkerIsAsked()
    {
        (RefusalReason Reason, HttpResponseMessage Response)[] refused =
        [
            (RefusalReason.UnsupportedSymbol, await _client.PostAsync("/predict", """{"symbol":"NOPE"}""")),
            (RefusalReason.UnsupportedTimeframe, await _client.PostAsync("/predict", """{"symbol":"BTC","timeframe":"1d"}""")),
            (RefusalReason.InvalidAsOf, await _client.PostAsync("/predict", """{"symbol":"BTC","asOf":"tomorrow"}""")),
            (RefusalReason.UnsupportedSymbol, await _client.PostAsync("/risk-score", """{"symbol":"B-C"}""")),
            (RefusalReason.UnsupportedSymbol, await _client.SendAsync(HttpMethod.Get, "/models/B-C")),
            (RefusalReason.UnsupportedSymbol, await _client.SendAsync(HttpMethod.Delete, "/models/B-C/cache")),
        ];
        foreach (var (reason, response) in refused)
        {
            await response.ProblemAsync(HttpStatusCode.BadRequest, reason);
        }

        Assert.Empty(gateway.Worker.Asked);
    }
}
