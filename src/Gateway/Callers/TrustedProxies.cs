using System.Net;
using Coinsphere.Messaging.Gateway.Limits;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>Takes the caller's address from <c>X-Forwarded-For</c>, where a trusted proxy has sent the request.</summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this WebApplication app)
    {
        var networks = app.Services.GetRequiredService<IOptions<LimitsOptions>>().Value.Proxies;
        if (networks.Count == 0)
        {
            return;
        }

        // Through as many proxies as are trusted, from the last one on: what lies before them is the caller's word.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }
}
