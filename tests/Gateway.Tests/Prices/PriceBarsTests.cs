using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Prices;

public class PriceBarsTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Fact]
    public async Task Bars_AreThoseOfTheWorker() => Assert.Equal(
        """{"symbol":"btc","bars":[{"day":"2024-06-30","open":60887.38,"high":63058.76,"low":60632.95,"close":62678.29,"volume":1732}],"data_source":"csv"}""",
        await (await _client.SendAsync(HttpMethod.Get, "/api/v1/prices/btc")).TextAsync());

    [Theory]
    [InlineData("", PriceBarsRequested.DefaultDays)]
    [InlineData("?days=7", 7)]
    [InlineData("?days=3650", RequestRules.MaxBars)]
    public async Task Days_AreAskedFor(string query, int days)
    {
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, "/api/v1/prices/BTC" + query)).StatusCode);
        Assert.Equal(new PriceBarsRequested("BTC", days), Assert.Single(gateway.Worker.Asked));
    }

    [Theory]
    [InlineData("?days=0", "days must be a whole number from 1 to 3650, found 0")]
    [InlineData("?days=3651", "days must be a whole number from 1 to 3650, found 3651")]
    [InlineData("?days=1.5", "days must be a whole number such as 90, found '1.5'")]
    public async Task WrongDays_AreInvalid(string query, string shown)
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/prices/BTC" + query);
        var problem = await response.ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);
        Assert.Contains(shown, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task TextThatIsNoSymbol_IsRefused()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/api/v1/prices/B-C");
        await response.ProblemAsync(HttpStatusCode.BadRequest, RefusalReason.UnsupportedSymbol);
        Assert.Empty(gateway.Worker.Asked);
    }
}
