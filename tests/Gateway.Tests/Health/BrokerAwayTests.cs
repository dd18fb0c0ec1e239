using System.Net;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Caching;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Tests.Health;

public class BrokerAwayTests(BrokerAwayTests.StoppedBusFactory gateway) : IClassFixture<BrokerAwayTests.StoppedBusFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("POST", "/predict")]
    [InlineData("POST", "/predict/ensemble")]
    [InlineData("POST", "/risk-score")]
    [InlineData("GET", "/models")]
    [InlineData("GET", "/models/BTC")]
    [InlineData("DELETE", "/models/BTC/cache")]
    [InlineData("GET", "/api/v1/predictions/BTC")]
    [InlineData("GET", "/api/v1/risk/BTC")]
    [InlineData("GET", "/api/v1/prices?symbols=BTC")]
    public async Task Requests_FailFastAndMayBeTriedAgain(string method, string path)
    {
        var response = method == "POST"
            ? await _client.PostAsync(path, """{"symbol":"BTC"}""")
            : await _client.SendAsync(new HttpMethod(method), path);
        await response.ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.BrokerUnavailable);
        Assert.Equal("1", response.Header("Retry-After"));
    }

    [Fact]
    public async Task Batch_RefusesItsItems()
    {
        var response = await _client.PostAsync("/risk-score/batch", """{"symbols":["BTC","B-C"]}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var batch = JsonSerializer.Deserialize<BatchAnswer<RiskAnswer>>(await response.TextAsync(), StrictJson.Options)!;
        Assert.Equal([RefusalReason.BrokerUnavailable, RefusalReason.UnsupportedSymbol], batch.Results.Select(item => item.Refusal?.Reason));
    }

    [Fact]
    public async Task CachedAnswers_GoOn()
    {
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery("ETH", null)), "{}"u8.ToArray());
        var response = await _client.PostAsync("/risk-score", """{"symbol":"ETH"}""");
        Assert.Equal((HttpStatusCode.OK, "hit"), (response.StatusCode, response.Header("X-Cache")));
    }

    [Fact]
    public async Task ClearedCache_IsClearedHereAllTheSame()
    {
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery("SOL", null)), "{}"u8.ToArray());
        await _client.SendAsync(HttpMethod.Delete, "/models/SOL/cache");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _client.PostAsync("/risk-score", """{"symbol":"SOL"}""")).StatusCode);
    }

    [Fact]
    public async Task Readiness_IsRedForTheBusAndLivenessGreen()
    {
        var ready = await _client.SendAsync(HttpMethod.Get, "/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var reasons = (await ready.JsonAsync()).GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!);
        Assert.Contains(reasons, reason => reason.StartsWith("replies: ", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, "/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, "/health")).StatusCode);
    }

    public sealed class StoppedBusFactory : GatewayFactory, IAsyncLifetime
    {
        public async ValueTask InitializeAsync() => await Services.GetRequiredService<IBusControl>().StopAsync();
    }
}
