using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Gateway.Tests.Risk;

/// <summary>What a share of a portfolio may lose, and the risk of a whole one.</summary>
public class PortfolioTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private static readonly RiskForecast Forecast = new(0.064632, 0.150494, 0.111393, 0.168667, 0.135491, 3.9) { PercentileOwnYear = 69.9 };

    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Share_IsAddedToACachedAnswer_AndTheStoredOneStays()
    {
        var stored = await StoreAsync("LTC");

        foreach (var (allocation, loss) in new[] { (0.25, 0.027848), (1, 0.111393), (0.25, 0.027848) })
        {
            var response = await _client.PostAsync("/risk-score", $$"""{"symbol":"ltc","portfolio_allocation":{{allocation}}}""");
            var text = await response.TextAsync();
            Assert.Equal("hit", response.Header("X-Cache"));
            // What is stored, and the share behind it.
            Assert.StartsWith(stored[..^1] + ",\"portfolio\":{", text, StringComparison.Ordinal);
            Assert.Equal(loss, JsonSerializer.Deserialize(text, ContractsJson.Body.RiskAnswer)!.Portfolio!.ValueAtRisk95);
        }

        Assert.Equal(stored, await (await _client.PostAsync("/risk-score", """{"symbol":"LTC"}""")).TextAsync());
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task CachedAnswerWithoutAForecast_StaysAsItIs()
    {
        var stored = JsonSerializer.SerializeToUtf8Bytes(Hosts.Answers.Risk("XRP"), ContractsJson.Body.RiskAnswer);
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery("XRP", null)), stored);

        var response = await _client.PostAsync("/risk-score", """{"symbol":"XRP","portfolio_allocation":0.5}""");

        Assert.Equal(stored, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task CachedBodyThatIsNoAnswer_IsAskedAnew()
    {
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery("ADA", null)), """{"risk_score":"?"}"""u8.ToArray());

        var response = await _client.PostAsync("/risk-score", """{"symbol":"ADA","portfolio_allocation":0.5}""");

        Assert.Equal((HttpStatusCode.OK, "miss"), (response.StatusCode, response.Header("X-Cache")));
    }

    [Fact]
    public async Task Share_IsForEachSymbolOfABatch()
    {
        await StoreAsync("DOT");
        gateway.Worker.Risk = asked => (Hosts.Answers.Risk(asked.Symbol) with { Forecast = Forecast }).For(asked.PortfolioAllocation);

        var response = await _client.PostAsync("/risk-score/batch", """{"symbols":["DOT","UNI"],"portfolio_allocation":0.25}""");

        var batch = JsonSerializer.Deserialize<BatchAnswer<RiskAnswer>>(await response.TextAsync(), StrictJson.Options)!;
        Assert.All(batch.Results, item => Assert.Equal(new PortfolioLoss(0.027848, 0.042167), item.Answer!.Portfolio));
        Assert.Equal(0.25, Assert.IsType<RiskRequested>(Assert.Single(gateway.Worker.Asked)).PortfolioAllocation);
        var wrong = await _client.PostAsync("/risk-score/batch", """{"symbols":["DOT"],"portfolio_allocation":2}""");
        Assert.Contains("portfolio_allocation must be a number from 0 to 1, found 2", await wrong.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portfolio_IsAskedInTheWordsOfTheContracts_AndIsTheWorkersAnswer()
    {
        var response = await _client.PostAsync(
            "/risk-score/portfolio", """{"holdings":[{"symbol":" pol","weight":0.4},{"symbol":"btc","weight":0.6}],"as_of":"2024-02-29"}""");

        var asked = Assert.IsType<PortfolioRiskRequested>(Assert.Single(gateway.Worker.Asked));
        Assert.Equal([new PortfolioHolding("MATIC", 0.4), new("BTC", 0.6)], asked.Holdings);
        Assert.Equal(("2024-02-29", null), (asked.AsOf, asked.AsOfSnakeCase));
        Assert.InRange(asked.DeadlineMs!.Value, 1, 5000);
        Assert.Equal(
            (HttpStatusCode.OK, "miss", "application/json"),
            (response.StatusCode, response.Header("X-Cache"), response.Content.Headers.ContentType?.ToString()));
        Assert.Equal(JsonSerializer.Serialize(Hosts.Answers.PortfolioRisk(asked), ContractsJson.Body.PortfolioRiskAnswer), await response.TextAsync());
    }

    [Fact]
    public async Task Portfolio_IsAskedEachTime()
    {
        const string Body = """{"holdings":[{"symbol":"BTC","weight":1}]}""";
        await _client.PostAsync("/risk-score/portfolio", Body);
        Assert.Equal("miss", (await _client.PostAsync("/risk-score/portfolio", Body)).Header("X-Cache"));
        Assert.Equal(2, gateway.Worker.Asked.Count);
    }

    private async Task<string> StoreAsync(string symbol)
    {
        var answer = Hosts.Answers.Risk(symbol) with { Forecast = Forecast, VolatilityDigest = "4e4e" };
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery(symbol, null)), JsonSerializer.SerializeToUtf8Bytes(answer, ContractsJson.Body.RiskAnswer));
        return JsonSerializer.Serialize(answer, ContractsJson.Body.RiskAnswer);
    }
}
