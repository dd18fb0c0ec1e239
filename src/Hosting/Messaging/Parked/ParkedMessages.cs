using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>A queue of messages that failed: the endpoint that could not handle them, and the queue's name.</summary>
public sealed record ParkedMessages(string Endpoint, string Name)
{
    /// <summary>All such queues. Only endpoints with durable queues have dead letters; the others drop messages that expire.</summary>
    public static IReadOnlyList<ParkedMessages> All { get; } =
    [
        .. from endpoint in Endpoints.All
           from name in (string[])[Errors(endpoint), endpoint + "_skipped", Endpoints.DeadLetters(endpoint)]
           select new ParkedMessages(endpoint, name),
    ];

    /// <summary>The name of the queue of messages that threw an exception.</summary>
    public static string Errors(string endpoint) => endpoint + "_error";
}
