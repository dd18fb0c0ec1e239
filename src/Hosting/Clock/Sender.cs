using MassTransit;

namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>A process that sends messages, as their envelopes name it.</summary>
/// <param name="Kind"><c>gateway</c>, <c>worker</c>, or <c>client</c> for whatever else.</param>
/// <param name="Machine">Where it runs.</param>
/// <param name="Process">Its id there.</param>
public readonly record struct Sender(string Kind, string Machine, int Process)
{
    /// <summary>A process of ours that receives requests of callers.</summary>
    public const string Gateway = "gateway";

    /// <summary>The sender of a message; null where it does not say, as with plain AMQP clients.</summary>
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
