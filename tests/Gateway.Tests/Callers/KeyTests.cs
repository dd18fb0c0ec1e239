using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>Who may ask what, at a gateway that asks for keys.</summary>
public sealed class KeyTests(KeyedGateway gateway) : IClassFixture<KeyedGateway>
{
    private const string Predict = """{"symbol":"BTC"}""";
    private const string Rule = """{"symbol":"btc","when":"direction_changed"}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/")]
    public async Task OpenPath_NeedsNoKey(string path)
    {
        await gateway.ClientAsync("read");
        await Until.True(async () => (await gateway.With(null).GetAsync(path, Cancel)).StatusCode == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/models")]
    [InlineData("GET", "/docs/index.html")]
    [InlineData("GET", "/redoc/index.html")]
    [InlineData("GET", "/openapi/v1.json")]
    [InlineData("GET", "/api/v1/system")]
    [InlineData("GET", "/api/v1/stream/predictions")]
    [InlineData("GET", "/api/v1/ws")]
    [InlineData("GET", "/api/v1/predictions/BTC")]
    [InlineData("HEAD", "/models")]
    [InlineData("POST", "/predict")]
    [InlineData("DELETE", "/models/BTC/cache")]
    [InlineData("PUT", "/api/v1/alerts/rules/mine")]
    [InlineData("GET", "/there/is/no/such/path")]
    public async Task EverythingElse_NeedsOne(string method, string path)
    {
        await gateway.ClientAsync("read");
        using var response = await gateway.With(null).SendAsync(new HttpMethod(method), path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains(response.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Bearer");
        if (method != "HEAD")
        {
            await response.ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);
        }
    }

    [Fact]
    public async Task Scope_AllowsWhatItContains_AndARefusalNamesTheMissingOne()
    {
        var (read, _) = await gateway.ClientAsync("read");
        var (compute, _) = await gateway.ClientAsync("compute");
        var (admin, _) = await gateway.ClientAsync("admin");

        foreach (var client in (HttpClient[])[read, compute, admin])
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/models", Cancel)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/docs/index.html", Cancel)).StatusCode);
        }

        var refused = await (await read.PostAsync("/predict", Predict)).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        Assert.StartsWith("this needs the scope compute, and caller-", refused.Detail, StringComparison.Ordinal);
        Assert.EndsWith(" has read", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await compute.PostAsync("/predict", Predict)).StatusCode);
        await (await compute.DeleteAsync("/models/BTC/cache", Cancel)).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        await (await compute.PostAsync("/api/v1/alerts/rules", Rule)).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteAsync("/models/BTC/cache", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.PostAsync("/api/v1/alerts/rules", Rule)).StatusCode);
    }

    [Fact]
    public async Task KeyWithoutAKnownScope_MayNothing()
    {
        var (client, _) = await gateway.ClientAsync("fly");
        Assert.EndsWith(
            " has none", (await (await client.GetAsync("/models", Cancel)).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed)).Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidKeys_AreAllRefusedByTheSameText()
    {
        var (_, key) = await gateway.ClientAsync("admin");
        var (revokedClient, revoked) = await gateway.ClientAsync("admin");
        Assert.Equal(HttpStatusCode.OK, (await revokedClient.GetAsync("/models", Cancel)).StatusCode);
        await gateway.RevokeAsync(revoked);
        var other = key[^1] == '0' ? '1' : '0';
        string[] invalid =
        [
            key[..^1] + other, ApiKey.Make().Key, revoked, key + "0", key[..^1], key.ToUpperInvariant(), "cs_", "x", "cs_" + new string('a', 7000),
        ];

        var details = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in invalid)
        {
            details.Add((await (await gateway.With(text).GetAsync("/models", Cancel))
                .ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated)).Detail);
        }

        Assert.Equal(["the key is not valid"], details);
    }

    [Fact]
    public async Task HeadersOfEitherKind_CarryAKey_AndMustAgree()
    {
        var (_, key) = await gateway.ClientAsync("read");
        var (_, second) = await gateway.ClientAsync("read");
        var client = gateway.With(null);

        (string, string)[][] valid =
        [
            [("X-API-Key", key)], [("Authorization", $"bearer  {key} ")], [("X-API-Key", key), ("Authorization", $"Bearer {key}")],
        ];
        foreach (var headers in valid)
        {
            Assert.Equal(HttpStatusCode.OK, (await client.SendAsync(HttpMethod.Get, "/models", null, headers)).StatusCode);
        }

        Assert.Equal(
            "Authorization and X-API-Key carry different keys: send one of them",
            await DetailAsync(("X-API-Key", key), ("Authorization", $"Bearer {second}")));
        Assert.Equal("Authorization must be Bearer and a key, found the scheme 'Digest'", await DetailAsync(("Authorization", "Digest " + key)));
        Assert.Equal("the key is not valid", await DetailAsync(("Authorization", "Bearer")));
        Assert.Equal("the key is not valid", await DetailAsync(("Authorization", "Basic !!!")));

        async Task<string> DetailAsync(params (string, string)[] headers) =>
            (await (await client.SendAsync(HttpMethod.Get, "/models", null, headers))
                .ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated)).Detail;
    }

    [Fact]
    public async Task Browser_IsAskedForAKeyAsPassword_WhichThenOnlyReads()
    {
        var (_, key) = await gateway.ClientAsync("admin");
        var client = gateway.With(null);
        var asked = await client.SendAsync(HttpMethod.Get, "/docs/index.html", null, ("Accept", "text/html,*/*;q=0.8"));
        Assert.Contains(asked.Headers.WwwAuthenticate, challenge => challenge.Scheme == "Basic");

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"anyone:{key}")));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/docs/index.html", Cancel)).StatusCode);
        await (await client.DeleteAsync("/models/BTC/cache", Cancel)).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
    }

    [Theory]
    [InlineData("X-API-Key: \xFF\xFE\x80\r\n")]
    [InlineData("Authorization: Bearer \xC3\x28\r\n")]
    [InlineData("X-API-Key: a\r\nX-API-Key: b\r\n")]
    [InlineData("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n")]
    [InlineData("X-API-Key:\r\n")]
    public async Task BytesThatAreNoText_AndHeadersSentTwice_AreRefused(string header)
    {
        await gateway.ClientAsync("read");
        Assert.Matches("^HTTP/1.1 40[01] ", await RawAsync($"GET /models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n"));
    }

    [Fact]
    public async Task KeyOfMegabytes_IsRefused_AndOthersAreServed()
    {
        var (client, _) = await gateway.ClientAsync("read");
        var answer = await RawAsync("GET /models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-API-Key: " + new string('a', 4_000_000) + "\r\n\r\n");
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 431 ", StringComparison.Ordinal), answer);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/models", Cancel)).StatusCode);
    }

    [Fact]
    public async Task AdministrativeMessage_NamesTheKey()
    {
        var (client, key) = await gateway.ClientAsync("admin");
        await client.DeleteAsync("/models/ETH/cache", Cancel);
        Assert.True(ApiKey.TryParse(key, out var id, out _));
        await Until.True(() => gateway.Bus.Published.Select<CacheClearRequested>(Cancel)
            .Any(sent => sent.Context.Message.Symbol == "ETH" && sent.Context.Headers.Get<string>("X-Caller") == $"caller-{id}"));
    }

    // The server may close while it is still written to.
    private async Task<string> RawAsync(string request)
    {
        using var caller = new TcpClient();
        await caller.ConnectAsync(IPAddress.Loopback, gateway.With(null).BaseAddress!.Port, Cancel);
        var stream = caller.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync(Cancel);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
