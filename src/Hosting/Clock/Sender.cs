using MassTransit;

namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>A process that sends messages, from the envelope of a message.</summary>
/// <param name="Kind"><c>gateway</c>, <c>worker</c>, or <c>client</c> for any other.</param>
/// <param name="Machine">The machine it runs on.</param>
/// <param name="Process">Its process id.</param>
public readonly record struct Sender(string Kind, string Machine, int Process)
{
    /// <summary>The kind of the service's own gateways, which receive requests of callers.</summary>
    public const string Gateway = "gateway";

    /// <summary>The sender of a message; null where the message does not name one, as with plain AMQP clients.</summary>
    public static Sender? Of(HostInfo? host) => host is { MachineName: { Length: > 0 } machine }
        ? new Sender(KindOf(host.Assembly), machine, host.ProcessId)
        : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Machine}/{Process}";

    private static string KindOf(string? assembly) => assembly switch
    {
        "Coinsphere.Messaging.Gateway" => Gateway,
        "Coinsphere.Messaging.Worker" => "worker",
        _ => "client",
    };
}
