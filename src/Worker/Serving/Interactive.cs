namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>What holds for requests whose sender waits.</summary>
internal static class Interactive
{
    /// <summary>
    /// Requests that a worker has under way at most on each interactive endpoint. More than its cores, since most of them wait: for prices, or for the
    /// computation of another request.
    /// </summary>
    public static readonly int Slots = 8 * Environment.ProcessorCount;
}
