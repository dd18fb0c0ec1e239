using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

public class CallerLimitTests(CallersFactory gateway) : IClassFixture<CallersFactory>
{
    private const string One = "192.0.2.1", Other = "192.0.2.2", Proxy = "10.0.0.7";

    [Fact]
    public async Task CallerBeyondItsRate_IsRefusedWithWhenToComeBackAndOthersAreNot()
    {
        await using var limited = With(("Limits:PerSecond", "1"), ("Limits:Burst", "15"));
        var client = CallersFactory.At(limited.CreateClient(), One);
        await gateway.StoreAsync(CacheKey.Of(new RiskQuery("BTC", null)), "{}"u8.ToArray());
        // Two computations are more than a burst; the second may still begin.
        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(client, "AAA")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(client, "BBB")).StatusCode);
        var refused = await RiskAsync(client, "CCC");
        var problem = await refused.ProblemAsync(HttpStatusCode.TooManyRequests, RefusalReason.RateLimited);
        Assert.InRange(int.Parse(refused.Header("Retry-After"), null), 1, 10);
        Assert.Contains("try again in", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(2, gateway.Worker.Asked.Count);

        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(CallersFactory.At(limited.CreateClient(), Other), "CCC")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task CallerWithoutAKey_HasARate()
    {
        await using var limited = With(("Auth:Required", "true"), ("Limits:PerSecond", "1"), ("Limits:Burst", "99"));
        var client = CallersFactory.At(limited.CreateClient(), One);
        await (await RiskAsync(client, "AAA")).ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);
        await (await RiskAsync(client, "AAA")).ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);
        await (await RiskAsync(client, "AAA")).ProblemAsync(HttpStatusCode.TooManyRequests, RefusalReason.RateLimited);
        var other = CallersFactory.At(limited.CreateClient(), Other);
        await (await RiskAsync(other, "AAA")).ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);
    }

    [Fact]
    public async Task BatchBeyondTheRate_RefusesTheItemsThatAreTooMuch()
    {
        await using var limited = With(("Limits:PerSecond", "1"), ("Limits:Burst", "40"));
        var client = CallersFactory.At(limited.CreateClient(), One);
        var response = await client.PostAsync("/risk-score/batch", """{"symbols":["A1","A2","A3","A4","A5","A6","A7","A8"]}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var items = (await response.JsonAsync()).GetProperty("results").EnumerateArray().ToArray();
        var refused = items.Where(item => item.TryGetProperty("refusal", out _)).ToArray();
        Assert.Equal(4, refused.Length);
        Assert.All(refused, item => Assert.Equal("rate_limited", item.GetProperty("refusal").GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task CallerBehindATrustedProxy_IsItself()
    {
        await using var limited = With(("Limits:PerSecond", "1"), ("Limits:Burst", "2"), ("Limits:TrustedProxies", $"{Proxy}, 10.1.0.0/16"));
        var client = CallersFactory.At(limited.CreateClient(), Proxy);
        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(client, "AAA", One)).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RiskAsync(client, "BBB", One)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(client, "BBB", Other)).StatusCode);
        // What stands before the trusted proxies is the caller's word.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RiskAsync(client, "CCC", $"192.0.2.99, {One}, 10.1.2.3")).StatusCode);
    }

    [Fact]
    public async Task CallerThatIsNoTrustedProxy_IsNotBelieved()
    {
        await using var limited = With(("Limits:PerSecond", "1"), ("Limits:Burst", "2"), ("Limits:TrustedProxies", Proxy));
        var client = CallersFactory.At(limited.CreateClient(), One);
        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(client, "AAA", "192.0.2.50")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RiskAsync(client, "BBB", "192.0.2.51")).StatusCode);
    }

    [Fact]
    public async Task CallerThatHoldsItsShare_IsRefusedWhileAnotherIsAnswered()
    {
        await using var small = With(("Gateway:MaxWaiting", "10"));
        var greedy = CallersFactory.At(small.CreateClient(), One);
        var polite = CallersFactory.At(small.CreateClient(), Other);
        await Until.True(async () => (await polite.GetAsync("/health/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        gateway.Worker.Risk = asked => asked.Symbol.StartsWith('G') ? null : Hosts.Answers.Risk(asked.Symbol);
        var waiting = Enumerable.Range(0, 9).Select(i => RiskAsync(greedy, $"G{i}")).ToArray();
        await Until.True(() => gateway.Worker.Asked.Count == waiting.Length);

        await (await RiskAsync(greedy, "G9")).ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.Overloaded);
        Assert.Equal(HttpStatusCode.OK, (await RiskAsync(polite, "PPP")).StatusCode);
        Assert.All(await Task.WhenAll(waiting), response => Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode));
    }

    private WebApplicationFactory<Program> With(params (string Key, string Value)[] settings)
    {
        gateway.Fresh();
        return gateway.WithWebHostBuilder(host =>
        {
            foreach (var (key, value) in settings)
            {
                host.UseSetting(key, value);
            }
        });
    }

    private static Task<HttpResponseMessage> RiskAsync(HttpClient client, string symbol, string? forwardedFor = null) => client.PostAsync(
        "/risk-score",
        $$"""{"symbol":"{{symbol}}"}""",
        forwardedFor is null ? [("X-Deadline-Ms", "3000")] : [("X-Deadline-Ms", "3000"), ("X-Forwarded-For", forwardedFor)]);
}
