using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>
/// Decides whose page may change alert rules: a browser's on the page's own machine. For the gateway, every question of the page comes from that machine,
/// so the page must know itself who is behind it. It must listen at loopback addresses only, and be asked there: pages of other sites can give their own
/// name to a loopback address, and proxies ask for anyone.
/// </summary>
internal sealed class OwnMachine(IServer server)
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public bool Is(HttpContext? http)
    {
        if (http is null || server.Features.Get<IServerAddressesFeature>()?.Addresses is not { Count: > 0 } addresses)
        {
            return false;
        }

        return addresses.All(address => BindingAddress.Parse(address) is { IsUnixPipe: false } binding && IsLoopback(binding.Host))
            && http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
            && IsLoopback(http.Request.Host.Host)
            && !Array.Exists(ProxyHeaders, http.Request.Headers.ContainsKey);
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
