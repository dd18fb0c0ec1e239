using System.Net;
using Coinsphere.Messaging.Gateway.Tests.Hosts;

namespace Coinsphere.Messaging.Gateway.Tests.Requests;

public class HeaderTests(GatewayFactory gateway) : IClassFixture<GatewayFactory>
{
    private const string Header = "X-Request-Id";
    private const string Allowed = "http://localhost:5173";

    private readonly HttpClient _client = gateway.Fresh();

    [Theory]
    [InlineData("a")]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("!\"#$%&'()*+,-./~")]
    public async Task RequestId_IsTakenOver(string id)
    {
        Assert.Equal(id, (await _client.SendAsync(HttpMethod.Get, "/health", null, (Header, id))).Header(Header));
        Assert.Equal(id, (await _client.SendAsync(HttpMethod.Get, "/nothing", null, (Header, id))).Header(Header));
        Assert.Equal(id, (await _client.PostAsync("/predict", """{"symbol":"BTC"}""", (Header, id))).Header(Header));
    }

    [Fact]
    public async Task LongestRequestId_IsTakenOver()
    {
        var id = new string('x', 128);
        Assert.Equal(id, (await _client.SendAsync(HttpMethod.Get, "/health", null, (Header, id))).Header(Header));
    }

    public static TheoryData<string> NoIds { get; } = ["", "two words", "tab\there", "\u0001", "\u007f", "ä", new string('x', 129)];

    [Theory]
    [MemberData(nameof(NoIds))]
    public async Task TextThatIsNoRequestId_IsReplaced(string id)
    {
        var made = (await _client.SendAsync(HttpMethod.Get, "/health", null, (Header, id))).Header(Header);
        Assert.True(Guid.TryParseExact(made, "N", out _), made);
    }

    [Fact]
    public async Task RequestWithoutId_GetsItsOwn()
    {
        var first = (await _client.SendAsync(HttpMethod.Get, "/health")).Header(Header);
        var second = (await _client.SendAsync(HttpMethod.Get, "/health")).Header(Header);
        Assert.NotEmpty(first);
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/nothing")]
    [InlineData("/models/B-C")]
    public async Task AllowedOrigin_MayReadAnswersErrorsAndOurHeaders(string path)
    {
        var response = await _client.SendAsync(HttpMethod.Get, path, null, ("Origin", Allowed));
        Assert.Equal(Allowed, response.Header("Access-Control-Allow-Origin"));
        Assert.Equal(
            ["Retry-After", "X-Cache", "X-Ignored-Fields", "X-Request-Id"],
            response.Header("Access-Control-Expose-Headers").Split(',').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/predict", "POST")]
    [InlineData("/models/BTC/cache", "DELETE")]
    public async Task PreflightOfAnAllowedOrigin_IsGranted(string path, string method)
    {
        var response = await _client.SendAsync(
            HttpMethod.Options, path, null,
            ("Origin", Allowed), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "content-type,x-deadline-ms"));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(Allowed, response.Header("Access-Control-Allow-Origin"));
        Assert.Contains(method, response.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Contains("x-deadline-ms", response.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherOrigin_IsNotAllowed()
    {
        var response = await _client.SendAsync(HttpMethod.Get, "/health", null, ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
