using System.Globalization;
using Coinsphere.Messaging.Hosting.Configuration;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>Section <c>Redis</c>: the server by which gateways and workers share results. Without a server they share none.</summary>
public sealed class RedisOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Redis";

    /// <summary>Name or address of the server; <c>REDIS_HOST</c> sets it.</summary>
    public string? Host { get; set; }

    /// <summary>Its port; <c>REDIS_PORT</c> sets it.</summary>
    public int Port { get; set; } = 6379;

    /// <summary>Its database; <c>REDIS_DB</c> sets it.</summary>
    public int Db { get; set; }

    /// <summary>The ACL user to log in as, of Redis 6 and later; without one, Redis's own <c>default</c>.</summary>
    public string? User { get; set; }

    /// <summary>The password, where the server requires one.</summary>
    public string? Password { get; set; }

    /// <summary>Whether the connection is encrypted and the server's certificate checked.</summary>
    public bool Tls { get; set; }

    /// <summary>PEM file of the certificate authority of the server, where the system does not trust it already.</summary>
    public string? TlsAuthority { get; set; }

    /// <summary>
    /// Comma-separated <c>host:port</c> of several servers, instead of <see cref="Host"/> and <see cref="Port"/>: nodes of a cluster, a primary with
    /// its replicas, or Sentinels.
    /// </summary>
    public string? Endpoints { get; set; }

    /// <summary>The name of the primary, as the configured Sentinels know it.</summary>
    public string? Sentinel { get; set; }

    /// <summary>The prefix of every key, for a server that is shared with other programs.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>The time limit of one call. After it an answer is made without Redis.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether a server is configured.</summary>
    public bool Enabled => !string.IsNullOrWhiteSpace(Host) || !string.IsNullOrWhiteSpace(Endpoints);

    /// <summary>The servers, as text for messages.</summary>
    public string Address => string.IsNullOrWhiteSpace(Endpoints) ? string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}") : string.Join(',', Servers);

    internal ServerLogin Login => new(
        "Redis:Password",
        "Redis",
        string.Join(',', Servers.Select(server => server[..server.LastIndexOf(':')]).DefaultIfEmpty(Host ?? "")),
        string.IsNullOrEmpty(User) ? "default" : User,
        string.IsNullOrEmpty(Password) ? null : Password);

    internal IReadOnlyList<string> Servers => Endpoints?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    private const int MaxPrefix = 100;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(5);

    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var faults = new List<string>();
        if (!string.IsNullOrWhiteSpace(options.Host) && Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
        {
            faults.Add($"Redis:Host (REDIS_HOST) is '{options.Host}': expected a host name or an address without port");
        }

        if (options.Port is < 1 or > 65_535)
        {
            faults.Add($"Redis:Port (REDIS_PORT) is '{options.Port}': expected 1 to 65535");
        }

        if (options.Servers.FirstOrDefault(server => !IsServer(server)) is { } server)
        {
            faults.Add($"Redis:Endpoints is '{options.Endpoints}': '{server}' is not host:port, expected them separated by commas");
        }

        if (options.TlsAuthority is { Length: > 0 } authority && !(options.Tls && File.Exists(authority)))
        {
            faults.Add($"Redis:TlsAuthority is '{authority}': expected an existing PEM file, and Redis:Tls=true");
        }

        if (options.User is { Length: > 0 } user && string.IsNullOrEmpty(options.Password))
        {
            faults.Add($"Redis:User is '{user}': expected Redis:Password beside it");
        }

        if (options.Db < 0)
        {
            faults.Add($"Redis:Db (REDIS_DB) is '{options.Db}': expected 0 or more");
        }

        if (options.Prefix.Length > MaxPrefix || options.Prefix.Any(c => c is <= ' ' or > '~'))
        {
            faults.Add($"Redis:Prefix is '{options.Prefix}': expected at most {MaxPrefix} printable ASCII characters without spaces");
        }

        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
        {
            faults.Add($"Redis:Timeout is '{options.Timeout}': expected a positive time span up to {LongestTimeout}");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsServer(string server) =>
        server.LastIndexOf(':') is var colon and > 0
        && Uri.CheckHostName(server[..colon]) != UriHostNameType.Unknown
        && int.TryParse(server.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65_535;
}
