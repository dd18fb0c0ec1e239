using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Coinsphere.Messaging.Gateway.Tests.Alerts;

/// <summary>Alert rules over HTTP, at a gateway that is bound to loopback unless a test says otherwise.</summary>
public sealed class AlertEndpointTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private const string Rules = "/api/v1/alerts/rules";
    private const string Body = """{"symbol":"btc","when":"direction_changed"}""";

    private readonly HttpClient _client = Bound(gateway, "http://127.0.0.1:8000", "http://[::1]:8000");

    [Fact]
    public async Task Lists_AreAskedForWithTheirFilters()
    {
        Assert.Equal("""{"alerts":[],"total":0}""", await (await GetAsync("/api/v1/alerts?symbol=btc&rule=r1&limit=7&offset=3")).TextAsync());
        Assert.Equal("""{"rules":[],"total":0}""", await (await GetAsync(Rules + "?symbol=eth&limit=5")).TextAsync());

        Assert.Equal(
            [new AlertsRequested { Symbol = "btc", Rule = "r1", Limit = 7, Offset = 3 }, new AlertRulesRequested { Symbol = "eth", Limit = 5 }],
            gateway.Worker.Asked);
    }

    [Fact]
    public async Task Rule_IsMadeReplacedReadTestedAndRemoved()
    {
        var made = await _client.PostAsync(
            Rules, """{"symbol":"btc","when":"risk_score_above","value":60,"quiet_minutes":5,"webhook":"https://example.com"}""");
        var replaced = await _client.SendAsync(HttpMethod.Put, Rules + "/mine", Json("""{"symbol":"*","when":"direction_changed","id":"mine"}"""));
        var read = await GetAsync(Rules + "/mine");
        var tested = await _client.PostAsync(Rules + "/mine/test", "");
        var removed = await _client.SendAsync(HttpMethod.Delete, Rules + "/mine");

        Assert.Equal(
            """{"id":"new","symbol":"BTC","when":"direction_changed","quiet_minutes":60,"timeframe":"7d","created_at":"2025-10-12T14:30:00Z"}""",
            await made.TextAsync());
        Assert.Equal(
            ["mine", "mine", "mine"],
            [Id(await replaced.JsonAsync()), Id(await read.JsonAsync()), Id(await removed.JsonAsync())]);
        Assert.Equal("""{"delivered":false,"status":500,"duration_ms":84,"error":"the receiver answered 500"}""", await tested.TextAsync());
        Assert.Equal(
            [
                new AlertRulePutRequested("btc", "risk_score_above") { Value = 60, QuietMinutes = 5, Webhook = "https://example.com" },
                new AlertRulePutRequested("*", "direction_changed") { Id = "mine" },
                new AlertRulesRequested { Id = "mine" },
                new AlertRuleTestRequested("mine"),
                new AlertRuleRemoveRequested("mine"),
            ],
            gateway.Worker.Asked);

        static string? Id(System.Text.Json.JsonElement rule) => rule.GetProperty("id").GetString();
    }

    [Theory]
    [InlineData("""{"symbol":"BTC","when":"nope"}""", "when must be one of direction_changed, ")]
    [InlineData("""{"symbol":"BTC","When":"direction_changed"}""", "when is missing: found 'When', write when")]
    [InlineData("""{"symbol":"BTC","when":"direction_changed","quietMinutes":5}""", "quiet_minutes is missing: found 'quietMinutes', write quiet_minutes")]
    [InlineData("""{"symbol":"BTC","when":"risk_score_above","value":"60"}""", "value must be a number")]
    [InlineData("""{"symbol":"BTC","when":"direction_changed","id":"mine"}""", "id is made by the service")]
    public async Task WrongRule_IsRefusedBeforeAnyWorkerIsAsked(string body, string detail)
    {
        var problem = await (await _client.PostAsync(Rules, body)).ProblemAsync(HttpStatusCode.UnprocessableEntity, RefusalReason.InvalidRequest);

        Assert.StartsWith(detail, problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Fact]
    public async Task UnknownField_IsIgnoredAndNamed()
    {
        var response = await _client.PostAsync(Rules, """{"symbol":"BTC","when":"direction_changed","created_at":"2025-10-12T14:30:00Z"}""");

        Assert.Equal("created_at", response.Header("X-Ignored-Fields"));
    }

    [Theory]
    [InlineData("http://0.0.0.0:8000")]
    [InlineData("http://[::]:8000")]
    [InlineData("http://+:8000")]
    [InlineData("http://192.168.1.7:8000")]
    public async Task GatewayThatOthersReach_ChangesNoRules_AndListsThem(string address)
    {
        var client = Bound(gateway, "http://127.0.0.1:8000", address);

        var problem = await (await client.PostAsync(Rules, Body)).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        await (await client.SendAsync(HttpMethod.Put, Rules + "/a", Json(Body))).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        await (await client.SendAsync(HttpMethod.Delete, Rules + "/a")).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        await (await client.PostAsync(Rules + "/a/test", "")).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);

        Assert.StartsWith(
            $"alert rules can be changed only where the gateway is bound to loopback, and this one listens at http://127.0.0.1:8000, {address}",
            problem.Detail, StringComparison.Ordinal);
        Assert.Empty(gateway.Worker.Asked);
        Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, Rules)).StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    public async Task PageOrProxy_ChangesNoRules(string header, string value)
    {
        await (await _client.PostAsync(Rules, Body, (header, value))).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        Assert.Empty(gateway.Worker.Asked);
    }

    [Theory]
    [InlineData("Host", "127.0.0.1:8000")]
    [InlineData("Host", "[::1]:8000")]
    [InlineData("Origin", "http://localhost:5173")]
    public async Task ProgramOfTheSameMachine_ChangesRules(string header, string value) =>
        Assert.Equal(HttpStatusCode.OK, (await _client.PostAsync(Rules, Body, (header, value))).StatusCode);

    [Theory]
    [InlineData(Rules)]
    [InlineData(Rules + "/a/test")]
    public async Task RequestThatIsNoJson_IsRefused(string path)
    {
        var form = new StringContent(Body, System.Text.Encoding.UTF8, "text/plain");
        await (await _client.SendAsync(HttpMethod.Post, path, form)).ProblemAsync(HttpStatusCode.UnsupportedMediaType, RefusalReason.InvalidRequest);
        Assert.Empty(gateway.Worker.Asked);
    }

    private static HttpClient Bound(GatewayFactory gateway, params string[] addresses)
    {
        var client = gateway.Fresh();
        var feature = new ServerAddressesFeature();
        foreach (var address in addresses)
        {
            feature.Addresses.Add(address);
        }

        gateway.Server.Features.Set<IServerAddressesFeature>(feature);
        return client;
    }

    private static StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");

    private Task<HttpResponseMessage> GetAsync(string path) => _client.SendAsync(HttpMethod.Get, path);
}
