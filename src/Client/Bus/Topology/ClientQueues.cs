namespace Coinsphere.Messaging.Client.Bus.Topology;

/// <summary>The queues that a user of the broker may declare for itself.</summary>
internal static class ClientQueues
{
    /// <summary>What the names of a user's own queues start with.</summary>
    public static string Prefix(string user) => $"client.{user}.";
}
