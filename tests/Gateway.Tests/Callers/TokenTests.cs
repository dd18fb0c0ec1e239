using System.Net;
using System.Security.Cryptography;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Tests.Hosts;
using Microsoft.IdentityModel.Tokens;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>Tokens of an issuer, at a gateway that has no keys.</summary>
public sealed class TokenTests
{
    private const string Predict = """{"symbol":"BTC"}""";

    [Fact]
    public async Task TokenOfTheIssuer_HasTheScopesOfItsClaim_AndOthersAreRefused()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var gateway = new TokenGateway(issuer.Url);
        var client = gateway.Fresh();
        var valid = issuer.Token("openid read compute");

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(valid)).StatusCode);
        await (await client.SendAsync(HttpMethod.Delete, "/models/BTC/cache", null, ("Authorization", $"Bearer {valid}")))
            .ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        var ticket = await (await client.SendAsync(HttpMethod.Post, "/api/v1/stream/ticket", null, ("Authorization", $"Bearer {valid}")))
            .ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);
        Assert.StartsWith("tickets are made for keys, and service-a has none", ticket.Detail, StringComparison.Ordinal);

        var foreign = new RsaSecurityKey(RSA.Create(2048)) { KeyId = "k1" };
        string[] invalid =
        [
            issuer.Token("admin", audience: "another"), issuer.Token("admin", lasts: TimeSpan.FromHours(-1)), issuer.Token("admin", key: foreign),
            valid[..^10], "x.y.z", "x", "cs_" + valid,
        ];
        foreach (var token in invalid)
        {
            await (await AskAsync(token)).ProblemAsync(HttpStatusCode.Unauthorized, RefusalReason.Unauthenticated);
        }

        await (await AskAsync(issuer.Token("openid"))).ProblemAsync(HttpStatusCode.Forbidden, RefusalReason.NotAllowed);

        Task<HttpResponseMessage> AskAsync(string token) => client.PostAsync("/predict", Predict, ("Authorization", $"Bearer {token}"));
    }

    [Fact]
    public async Task IssuerThatDoesNotAnswer_IsNamed_AndNobodyGetsIn()
    {
        var issuer = await Issuer.StartAsync();
        var token = issuer.Token("admin");
        await issuer.DisposeAsync();
        await using var gateway = new TokenGateway(issuer.Url);

        var problem = await (await gateway.Fresh().PostAsync("/predict", Predict, ("Authorization", $"Bearer {token}")))
            .ProblemAsync(HttpStatusCode.ServiceUnavailable, RefusalReason.KeysUnavailable);
        Assert.Contains("Auth:Jwt:Authority", problem.Detail, StringComparison.Ordinal);
    }

    private sealed class TokenGateway(string authority) : GatewayFactory
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.UseSetting("Auth:Jwt:Authority", authority);
            builder.UseSetting("Auth:Jwt:Audience", "coinsphere");
        }
    }
}
