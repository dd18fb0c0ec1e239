using System.Net;
using System.Net.Sockets;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Which addresses are public. Webhooks go to no other one, or who makes rules could reach the machines beside the workers.</summary>
internal static class WebhookAddresses
{
    // IANA's special-purpose registries: own network, private, carrier-grade NAT, loopback, link-local with the clouds' metadata, protocol assignments,
    // documentation, relays, benchmarks, multicast, reserved and broadcast.
    private static readonly IPNetwork[] Special4 = Networks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    // Of IPv6 only this is in use between networks, but for what follows.
    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    // Protocol assignments with Teredo, documentation, and 6to4, which contains an IPv4 address.
    private static readonly IPNetwork[] Special6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /// <summary>Whether an address is public.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Array.Exists(Special4, network => network.Contains(address)),
            AddressFamily.InterNetworkV6 => Global6.Contains(address) && !Array.Exists(Special6, network => network.Contains(address)),
            _ => false,
        };
    }

    /// <summary>Connects to a host, to one of its public addresses only. The name is resolved once, and what was checked is what is connected to.</summary>
    /// <exception cref="WebhookAddressException">It has none.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint host, bool allowPrivate, CancellationToken cancellationToken)
    {
        var found = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var allowed = allowPrivate ? found : [.. found.Where(IsPublic)];
        if (allowed.Length == 0)
        {
            throw new WebhookAddressException(host.Host, found);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static IPNetwork[] Networks(params string[] texts) => [.. texts.Select(IPNetwork.Parse)];
}

/// <summary>A webhook's host has no public address.</summary>
internal sealed class WebhookAddressException(string host, IPAddress[] found) : Exception(
    $"{host} is {(found.Length == 0 ? "no known host" : $"at {string.Join(", ", found.Take(3).Select(address => address.ToString()))}, which is not public")}"
    + ": webhooks go to public addresses only (Alerts:AllowPrivate)");
