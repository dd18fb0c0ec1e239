using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>The callers by address. They are kept, so that a request of a known one allocates nothing.</summary>
internal sealed class CallerAddresses
{
    private const int Max = 10_000;
    private const int NetworkBytes = 8;

    private readonly ConcurrentDictionary<IPAddress, Caller> _callers = new();
    private int _count;

    /// <summary>The caller at an address; null is none, as in this process.</summary>
    public Caller Of(IPAddress? address)
    {
        if (address is null)
        {
            return Caller.Own;
        }

        if (_callers.TryGetValue(address, out var known))
        {
            return known;
        }

        // Only names are forgotten, and found again: what a caller has used is counted by its id.
        if (Interlocked.Increment(ref _count) > Max)
        {
            Interlocked.Exchange(ref _count, 1);
            _callers.Clear();
        }

        return _callers.GetOrAdd(address, Read);
    }

    private static Caller Read(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var isLoopback = IPAddress.IsLoopback(plain);
        if (plain.AddressFamily != AddressFamily.InterNetworkV6 || isLoopback)
        {
            return new Caller(plain.ToString(), null, isLoopback);
        }

        var bytes = plain.GetAddressBytes();
        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return new Caller($"{new IPAddress(bytes)}/64", null, IsLoopback: false);
    }
}
