using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>A queue of messages that were set aside: which endpoint could not handle them, and under which name they wait.</summary>
public sealed record ParkedMessages(string Endpoint, string Name)
{
    /// <summary>
    /// Every such queue there may be. Dead letters come from the endpoints that keep what is published; the others drop what nobody waits for any more.
    /// </summary>
    public static IReadOnlyList<ParkedMessages> All { get; } =
    [
        .. from endpoint in Endpoints.All
           from name in (string[])[Errors(endpoint), endpoint + "_skipped", Endpoints.DeadLetters(endpoint)]
           select new ParkedMessages(endpoint, name),
    ];

    /// <summary>Where messages go whose handling failed.</summary>
    public static string Errors(string endpoint) => endpoint + "_error";
}
