using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Coinsphere.Messaging.Gateway.Tests.Callers;

/// <summary>An issuer of tokens on this machine, with its document and its keys.</summary>
internal sealed class Issuer : IAsyncDisposable
{
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "k1" };
    private WebApplication? _app;

    public string Url { get; private set; } = "";

    public static async Task<Issuer> StartAsync()
    {
        var issuer = new Issuer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = issuer._app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new { issuer = issuer.Url, jwks_uri = issuer.Url + "/keys" }));
        app.MapGet("/keys", () => Results.Json(new { keys = new[] { Public(issuer._key) } }));
        await app.StartAsync();
        issuer.Url = app.Urls.Single();
        return issuer;
    }

    /// <summary>A token; by default one that is valid.</summary>
    public string Token(string scope, string audience = "coinsphere", TimeSpan? lasts = null, RsaSecurityKey? key = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Url,
            Audience = audience,
            Expires = DateTime.UtcNow + (lasts ?? TimeSpan.FromMinutes(5)),
            Claims = new Dictionary<string, object> { ["sub"] = "service-a", ["scope"] = scope },
            SigningCredentials = new SigningCredentials(key ?? _key, SecurityAlgorithms.RsaSha256),
        });

    /// <summary>Stops answering.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private static object Public(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(false);
        return new
        {
            kty = "RSA",
            kid = key.KeyId,
            use = "sig",
            alg = "RS256",
            n = Base64UrlEncoder.Encode(parameters.Modulus!),
            e = Base64UrlEncoder.Encode(parameters.Exponent!),
        };
    }
}
