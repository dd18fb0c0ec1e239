using Coinsphere.Messaging.Hosting.Web;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Section <c>Auth</c>: who may ask. On loopback nobody needs a key unless something here asks for one.</summary>
internal sealed class AuthOptions
{
    public const string Section = "Auth";

    /// <summary>Whether callers need a key. Without <see cref="KeysFile"/> the keys are those of the database, of which workers tell.</summary>
    public bool Required { get; set; }

    /// <summary>Whether anyone may ask where other machines reach this one.</summary>
    public bool Anonymous { get; set; }

    /// <summary>A file of keys, instead of the database's; callers then need one. It is read again when it changes.</summary>
    public string? KeysFile { get; set; }

    /// <summary>Section <c>Auth:Jwt</c>: an issuer of tokens, whose tokens are taken beside keys; callers then need one.</summary>
    public JwtOptions Jwt { get; set; } = new();

    /// <summary>Whether callers need a key or a token.</summary>
    public bool IsOn => Required || !string.IsNullOrWhiteSpace(KeysFile) || Jwt.IsOn;

    /// <summary>Whether there are keys, and not only tokens.</summary>
    public bool HasKeys => Required || !string.IsNullOrWhiteSpace(KeysFile);
}

/// <summary>Section <c>Auth:Jwt</c>.</summary>
internal sealed class JwtOptions
{
    public const string Section = $"{AuthOptions.Section}:Jwt";

    /// <summary>The issuer, which publishes its keys under <c>/.well-known/openid-configuration</c>.</summary>
    public string? Authority { get; set; }

    /// <summary>Whom a token must be made for.</summary>
    public string? Audience { get; set; }

    public bool IsOn => !string.IsNullOrWhiteSpace(Authority);
}

/// <summary>One place for the rule that a service on a network has decided who may ask.</summary>
internal sealed class AuthOptionsValidator(IConfiguration configuration) : IValidateOptions<AuthOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthOptions options)
    {
        var faults = new List<string>();
        if (options is { IsOn: true, Anonymous: true })
        {
            faults.Add(
                "Auth:Anonymous is 'True' beside a setting that asks for keys (Auth:Required, Auth:KeysFile or Auth:Jwt:Authority): expected one of them");
        }

        if (!options.IsOn && !options.Anonymous
            && ListenAddresses.Reachable(ListenAddresses.Of(configuration, GatewayOptions.Section)) is { } address)
        {
            faults.Add(
                $"this service would answer anyone at {address}: set Auth:Required to true to ask for keys (./run keys add NAME makes one), "
                + "or Auth:Anonymous to true where anyone may ask, or Gateway:Host to 127.0.0.1");
        }

        if (options.Jwt.IsOn && !IsAuthority(options.Jwt.Authority!))
        {
            faults.Add($"Auth:Jwt:Authority is '{options.Jwt.Authority}': expected an https URL, or an http URL of this machine");
        }

        if (options.Jwt.IsOn && string.IsNullOrWhiteSpace(options.Jwt.Audience))
        {
            faults.Add("Auth:Jwt:Audience is '': expected whom tokens are made for, beside Auth:Jwt:Authority");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsAuthority(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && ListenAddresses.IsLoopbackHost(url.Host)));
}
