using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Section <c>Redis</c>: where gateways and workers share their results. Without a host they share none.</summary>
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

    /// <summary>Its password, where it wants one.</summary>
    public string? Password { get; set; }

    /// <summary>What every key begins with, for a server that others use too.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>How long one call may take before an answer goes on without it.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMilliseconds(100);
}

internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    private const int MaxPrefix = 100;
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromSeconds(5);

    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var faults = new List<string>();
        if (!string.IsNullOrWhiteSpace(options.Host) && Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
            faults.Add($"Redis:Host (REDIS_HOST) is '{options.Host}': expected a host name or an address without port");
        if (options.Port is < 1 or > 65_535)
            faults.Add($"Redis:Port (REDIS_PORT) is '{options.Port}': expected 1 to 65535");
        if (options.Db < 0)
            faults.Add($"Redis:Db (REDIS_DB) is '{options.Db}': expected 0 or more");
        if (options.Prefix.Length > MaxPrefix || options.Prefix.Any(c => c is <= ' ' or > '~'))
            faults.Add($"Redis:Prefix is '{options.Prefix}': expected at most {MaxPrefix} printable ASCII characters without spaces");
        if (options.Timeout <= TimeSpan.Zero || options.Timeout > LongestTimeout)
            faults.Add($"Redis:Timeout is '{options.Timeout}': expected a positive time span up to {LongestTimeout}");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
