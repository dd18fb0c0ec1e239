using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Prices;

public class PriceTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Prices_AreBySymbol() => Assert.Equal(
        """{"prices":{"BTC":{"price":45000.00,"time":"2025-10-12T14:30:00Z"},"SHIB":{"price":45000.00,"time":"2025-10-12T14:30:00Z"}},"data_source":"csv"}""",
        await (await _client.SendAsync(HttpMethod.Get, "/api/v1/prices?symbols=btc,,%20shib%20,BTC")).TextAsync());

    [Fact]
    public async Task Alias_IsFoundUnderItsOwnName()
    {
        var answer = await PricesAsync("POL,BTC,matic");
        Assert.Equal(["POL", "BTC", "MATIC"], answer.Prices.Keys);
        Assert.Equal(["MATIC", "BTC"], Assert.IsType<LatestPricesRequested>(Assert.Single(gateway.Worker.Asked)).Symbols);
    }

    [Fact]
    public async Task SymbolWithoutPrices_IsLeftOut()
    {
        gateway.Worker.Prices = _ => new LatestPricesAnswer(new Dictionary<string, PricePoint> { ["BTC"] = Hosts.Answers.Price }, "csv");
        Assert.Equal(["BTC"], (await PricesAsync("BTC,NONE")).Prices.Keys);
    }

    [Theory]
    [InlineData("/api/v1/prices", 0)]
    [InlineData("/api/v1/prices?symbols=", 0)]
    [InlineData("/api/v1/prices?symbols=,,", 0)]
    public async Task NoSymbols_AreInvalid(string path, int found)
    {
        var problem = await (await _client.SendAsync(HttpMethod.Get, path)).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Contains($"symbols must name 1 to 200 symbols, found {found}", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooManySymbols_AreInvalid()
    {
        var symbols = string.Join(',', Enumerable.Repeat("BTC", 201));
        var response = await _client.SendAsync(HttpMethod.Get, $"/api/v1/prices?symbols={symbols}");
        await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
    }

    [Fact]
    public async Task TextThatIsNoSymbol_IsRefused()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/prices?symbols=BTC,B-C");
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, RefusalReason.UnsupportedSymbol);
        Assert.Contains("'B-C'", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    private async Task<LatestPricesAnswer> PricesAsync(string symbols)
    {
        var response = await _client.SendAsync(HttpMethod.Get, $"/api/v1/prices?symbols={symbols}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize<LatestPricesAnswer>(await response.TextAsync(), StrictJson.Options)!;
    }
}
