using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

public class PathTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/predict/BTC")]
    [InlineData("/models/BTC/weights")]
    [InlineData("/models/../../etc/passwd")]
    [InlineData("/api/v1")]
    public async Task UnknownPath_IsNotFound(string path)
    {
        var problem = await (await _client.SendAsync(HttpMethod.Get, path)).ProblemAsync(HttpStatusCode.NotFound, RefusalReason.InvalidRequest);
        Assert.Contains("GET / lists the endpoints", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/predict", "POST")]
    [InlineData("PUT", "/risk-score", "POST")]
    [InlineData("POST", "/models/BTC", "GET")]
    [InlineData("GET", "/models/BTC/cache", "DELETE")]
    public async Task OtherMethod_IsNotAllowed(string method, string path, string allowed)
    {
        var response = await _client.SendAsync(new HttpMethod(method), path);
        var problem = await response.ProblemAsync(HttpStatusCode.MethodNotAllowed, RefusalReason.InvalidRequest);
        Assert.Equal(allowed, Assert.Single(response.Content.Headers.Allow));
        Assert.Contains($"{path} takes {allowed}, not {method}", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/")]
    [InlineData("/models")]
    [InlineData("/api/v1/predictions/BTC")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/index.html")]
    public async Task Head_IsAProbeLikeGet(string path)
    {
        var get = await _client.SendAsync(HttpMethod.Get, path);
        var head = await _client.SendAsync(HttpMethod.Head, path);
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Empty(await head.TextAsync());
        Assert.NotEmpty(await get.TextAsync());
    }

    [Fact]
    public async Task HeadOfAnErrorOrOfAnotherMethod_HasItsStatusAndNoBody()
    {
        foreach (var (path, status) in ((string, HttpStatusCode)[])[("/nothing", HttpStatusCode.NotFound), ("/predict", HttpStatusCode.MethodNotAllowed)])
        {
            var head = await _client.SendAsync(HttpMethod.Head, path);
            Assert.Equal(status, head.StatusCode);
            Assert.Empty(await head.TextAsync());
        }
    }
}
