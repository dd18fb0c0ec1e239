using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>By which names a gateway may be asked, and what its pages may load.</summary>
public sealed class HostTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example:8000")]
    [InlineData("192.168.1.7")]
    public async Task OtherName_IsRefusedOnLoopback(string host)
    {
        using var response = await _client.SendAsync(HttpMethod.Get, "/models", null, ("Host", host));
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, RefusalReason.InvalidRequest);
        Assert.Equal(
            $"this service is not '{host.Split(':')[0]}': expected localhost, 127.0.0.1, [::1] in the header Host (setting AllowedHosts)", problem.Detail);
    }

    [Theory]
    [InlineData("localhost:8000")]
    [InlineData("LOCALHOST")]
    [InlineData("127.0.0.1:8000")]
    [InlineData("[::1]:8000")]
    public async Task OwnName_IsServed(string host) =>
        Assert.Equal(HttpStatusCode.OK, (await _client.SendAsync(HttpMethod.Get, "/", null, ("Host", host))).StatusCode);

    [Theory]
    [InlineData("AllowedHosts", "api.example;*.internal.example", "api.example", 200)]
    [InlineData("AllowedHosts", "api.example;*.internal.example", "a.internal.example", 200)]
    [InlineData("AllowedHosts", "api.example", "localhost", 400)]
    [InlineData("AllowedHosts", "*", "evil.example", 200)]
    public async Task Setting_NamesOthers(string key, string value, string host, int status)
    {
        await using var other = gateway.WithWebHostBuilder(builder => builder.UseSetting(key, value));
        using var client = other.CreateClient();
        Assert.Equal(status, (int)(await client.SendAsync(HttpMethod.Get, "/", null, ("Host", host))).StatusCode);
    }

    [Theory]
    [InlineData("/docs/index.html")]
    [InlineData("/redoc/index.html")]
    public async Task PageOfTheApi_TakesNothingFromElsewhere(string path)
    {
        using var response = await _client.GetAsync(path, TestContext.Current.CancellationToken);
        var policy = response.Header("Content-Security-Policy");
        Assert.StartsWith("default-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_SaysHowAKeyIsSent()
    {
        var document = await (await _client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).JsonAsync();
        var schemes = document.GetProperty("components").GetProperty("securitySchemes");
        Assert.Equal("bearer", schemes.GetProperty("bearer").GetProperty("scheme").GetString());
        Assert.Equal("X-API-Key", schemes.GetProperty("key").GetProperty("name").GetString());
        Assert.Equal("""[{},{"bearer":[]},{"key":[]}]""", System.Text.Json.JsonSerializer.Serialize(document.GetProperty("security")));
    }

    [Fact]
    public async Task TicketWhereNoKeyIsNeeded_IsOneThatAnyStreamTakes()
    {
        using var response = await _client.PostAsync("/api/v1/stream/ticket", null, TestContext.Current.CancellationToken);
        Assert.Equal("none-needed", (await response.JsonAsync()).GetProperty("ticket").GetString());
    }
}
