using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Coinsphere.Messaging.Standalone;

/// <summary>The address at which this process reaches itself.</summary>
internal static class OwnAddress
{
    /// <summary>The address, once the server listens: one without TLS where there is one, of this machine where it listens at all addresses.</summary>
    public static Uri Of(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var address = addresses.OrderBy(one => one.StartsWith(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase)).FirstOrDefault()
            ?? throw new InvalidOperationException("the server does not listen yet");
        return Reachable(BindingAddress.Parse(address));
    }

    /// <summary>The address by which a client of this machine reaches what listens at another.</summary>
    public static Uri Reachable(BindingAddress address)
    {
        var isAnyAddress = address.Host is "*" or "+" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)
            && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)));
        return new UriBuilder(address.Scheme, isAnyAddress ? "localhost" : address.Host, address.Port, address.PathBase + "/").Uri;
    }
}
