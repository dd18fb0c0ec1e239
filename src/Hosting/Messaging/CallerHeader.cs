using System.Net;
using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// The header that says for whom an administrative message is sent. It is a statement of its sender: who may send such messages is decided by the broker.
/// </summary>
public static class CallerHeader
{
    /// <summary>The header's name.</summary>
    public const string Name = "X-Caller";

    /// <summary>The name of whoever runs <c>./run COMMAND</c>.</summary>
    public const string CommandLine = "command line";

    private const int MaxLength = 100;

    /// <summary>The name of a caller that is known by its address only.</summary>
    public static string OfAddress(IPAddress? address) =>
        $"address {(address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : address)?.ToString() ?? "unknown"}";

    /// <summary>Names the caller of a message that is sent.</summary>
    public static void Set(SendContext context, string caller) => context.Headers.Set(Name, caller);

    /// <summary>The caller of a received message; without the header the program that sent it, as far as its envelope says.</summary>
    public static string Of(ConsumeContext context)
    {
        if (context.Headers.Get<string>(Name) is { } caller && !string.IsNullOrWhiteSpace(caller))
        {
            return CallerText.Shown(caller, MaxLength);
        }

        return context.Host is { ProcessName: { Length: > 0 } process, MachineName: { Length: > 0 } machine }
            ? CallerText.Shown($"{process} on {machine}", MaxLength)
            : "a sender without a name";
    }
}
