using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Gateway.Tests.Answers;

public class CachedAnswerTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public Task Prediction_ComesFromTheCacheByteByByte() => AssertCachedAsync(
        "/predict",
        """{"symbol":"link","timeframe":"30d"}""",
        CacheKey.Of(new PredictionQuery("LINK", "30d", null)),
        Hosts.Answers.Prediction("LINK", "30d"),
        ContractsJson.Body.PredictionAnswer);

    [Fact]
    public Task PredictionForAPastDay_ComesFromItsOwnEntry() => AssertCachedAsync(
        "/predict",
        """{"symbol":"pol","asOf":"2024-02-29"}""",
        CacheKey.Of(new PredictionQuery("MATIC", "7d", new DateOnly(2024, 2, 29))),
        Hosts.Answers.Prediction("MATIC"),
        ContractsJson.Body.PredictionAnswer);

    [Fact]
    public Task Ensemble_ComesFromTheCacheByteByByte() => AssertCachedAsync(
        "/predict/ensemble",
        """{"symbol":"UNI","ensemble_method":"MAJORITY_VOTING","min_confidence":0.5}""",
        CacheKey.Of(new EnsembleQuery(new PredictionQuery("UNI", "7d", null), "majority_voting", 0.5)),
        Hosts.Answers.Ensemble("UNI"),
        ContractsJson.Body.EnsembleAnswer);

    [Fact]
    public Task Risk_ComesFromTheCacheByteByByte() => AssertCachedAsync(
        "/risk-score",
        """{"symbol":"shib","portfolio_allocation":0.5}""",
        CacheKey.Of(new RiskQuery("SHIB", null)),
        Hosts.Answers.Risk("SHIB"),
        ContractsJson.Body.RiskAnswer);

    [Fact]
    public async Task WorkersAreAsked_InTheWordsOfTheContracts()
    {
        await _client.PostAsync("/predict/ensemble", """{"symbol":" pol","timeframe":"14D","ensemble_method":"MAX_CONFIDENCE","asOf":"2024-02-29"}""");
        await _client.PostAsync("/risk-score", """{"symbol":"pol","portfolio_allocation":0.5,"asOf":"2024-02-29"}""");
        Assert.Equal(
            [
                new EnsemblePredictRequested("MATIC", "14d") { EnsembleMethod = "max_confidence", MinConfidence = 0.3, AsOf = "2024-02-29" },
                new RiskRequested("MATIC") { PortfolioAllocation = 0.5, AsOf = "2024-02-29" },
            ],
            gateway.Worker.Asked.Select(asked => asked switch
            {
                EnsemblePredictRequested ensemble => ensemble with { Deadline = null, DeadlineMs = null },
                RiskRequested risk => risk with { Deadline = null, DeadlineMs = null },
                _ => asked,
            }));
    }

    [Fact]
    public async Task StoredBytes_AreWrittenAsTheyAre()
    {
        var body = """{ "symbol" : "ATOM", "odd":   1.50e1 }"""u8.ToArray();
        await gateway.StoreAsync(CacheKey.Of(new PredictionQuery("ATOM", "7d", null)), body);
        var response = await _client.PostAsync("/predict", """{"symbol":"ATOM"}""");
        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task InvalidatedAnswer_IsAMiss()
    {
        var key = CacheKey.Of(new RiskQuery("LTC", null));
        await gateway.StoreAsync(key, JsonSerializer.SerializeToUtf8Bytes(Hosts.Answers.Risk("LTC"), ContractsJson.Body.RiskAnswer));
        Assert.Equal("hit", (await _client.PostAsync("/risk-score", """{"symbol":"LTC"}""")).Header("X-Cache"));
        await gateway.Cache.InvalidateAsync("LTC", TestContext.Current.CancellationToken);
        Assert.Equal("miss", (await _client.PostAsync("/risk-score", """{"symbol":"LTC"}""")).Header("X-Cache"));
    }

    [Fact]
    public async Task Refusal_IsAskedAnew()
    {
        gateway.Worker.Risk = _ => new RequestRefused(RefusalReason.Overloaded, "later");
        await (await _client.PostAsync("/risk-score", """{"symbol":"DOGE"}""")).ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.Overloaded);
        gateway.Worker.Risk = asked => Hosts.Answers.Risk(asked.Symbol);
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync("/risk-score", """{"symbol":"DOGE"}""")).StatusCode);
    }

    private async Task AssertCachedAsync<T>(string path, string request, CacheKey key, T answer, JsonTypeInfo<T> type)
    {
        var stored = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        var miss = await _client.PostAsync(path, request);
        Assert.Equal("miss", miss.Header("X-Cache"));
        Assert.Single(gateway.Worker.Asked);

        await gateway.StoreAsync(key, stored);
        var hit = await _client.PostAsync(path, request);
        Assert.Equal("hit", hit.Header("X-Cache"));
        Assert.Single(gateway.Worker.Asked);

        foreach (var response in new[] { miss, hit })
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
            Assert.True(response.Headers.CacheControl?.NoCache);
            Assert.Equal(stored, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }
}
