using Coinsphere.Messaging.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Coinsphere.Messaging.Hosting.Web;

/// <summary>
/// The names by which a process may be asked: <c>AllowedHosts</c>, separated by semicolons. By default those of this machine where it is bound to
/// loopback: a page of another site can give its own name to a loopback address. Bound elsewhere, its names are not known, and any is taken.
/// </summary>
public sealed class AllowedHosts
{
    /// <summary>The setting, which is ASP.NET's own.</summary>
    public const string Key = "AllowedHosts";

    private readonly StringSegment[] _patterns;

    /// <param name="configuration">The process's.</param>
    /// <param name="section">The section that says where it listens.</param>
    public AllowedHosts(IConfiguration configuration, string section)
    {
        var given = configuration[Key]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] hosts = given.Length > 0 ? given : ListenAddresses.Reachable(ListenAddresses.Of(configuration, section)) is null
            ? ["localhost", "127.0.0.1", "[::1]"]
            : ["*"];
        _patterns = hosts.Contains("*") ? [] : [.. hosts.Select(host => new StringSegment(host))];
    }

    /// <summary>What is wrong with the host of a request; null where nothing is. Programs that send none are no browsers.</summary>
    public string? Fault(HttpRequest request)
    {
        var host = request.Host.Host;
        return _patterns.Length == 0 || string.IsNullOrEmpty(host) || HostString.MatchesAny(host, _patterns)
            ? null
            : $"this service is not {CallerText.Quoted(host)}: expected {string.Join(", ", _patterns)} in the header Host (setting AllowedHosts)";
    }
}
