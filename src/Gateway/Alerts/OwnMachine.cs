using System.Net;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Coinsphere.Messaging.Gateway.Alerts;

/// <summary>
/// Decides who may change alert rules where callers need no key: programs on the gateway's own machine. The gateway must listen at loopback addresses
/// only, and the request must come from there and say so, since pages of other sites reach loopback through a browser, and proxies for anyone.
/// </summary>
internal sealed class OwnMachine(IServer server, IOptions<AuthOptions> auth)
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Original-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <summary>The refusal of a request that may not change rules, or null.</summary>
    public RequestRefused? Refuse(HttpRequest request)
    {
        if (auth.Value.IsOn)
        {
            // The endpoint has asked for the scope.
            return null;
        }

        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        if (addresses.Count == 0 || addresses.FirstOrDefault(address => !IsLoopback(address)) is not null)
        {
            return NotAllowed(
                $"alert rules can be changed only where the gateway is bound to loopback, and this one listens at {string.Join(", ", addresses)}: "
                + "set Auth:Required and use a key with the scope admin, set Gateway:Host to 127.0.0.1, or send AlertRulePutRequested over the bus");
        }

        if (request.HttpContext.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
        {
            return NotAllowed("alert rules can be changed only by programs on the gateway's machine");
        }

        if (!ListenAddresses.IsLoopbackHost(request.Host.Host) || Array.Find(ProxyHeaders, name => request.Headers.ContainsKey(name)) is not null)
        {
            return NotAllowed("alert rules can be changed only by programs on the gateway's machine, at localhost and not through a proxy");
        }

        return request.Headers[HeaderNames.Origin] is [{ } origin, ..]
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var page) && ListenAddresses.IsLoopbackHost(page.Host))
            ? NotAllowed($"alert rules cannot be changed by a page of another site, {CallerText.Quoted(origin)}")
            : null;
    }

    private static bool IsLoopback(string address) =>
        BindingAddress.Parse(address) is { IsUnixPipe: false } binding && ListenAddresses.IsLoopbackHost(binding.Host);

    private static RequestRefused NotAllowed(string detail) => new(RefusalReason.NotAllowed, detail);
}
