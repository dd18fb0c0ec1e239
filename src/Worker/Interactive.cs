namespace Coinsphere.Messaging.Worker;

/// <summary>Limits for requests whose sender waits.</summary>
internal static class Interactive
{
    /// <summary>
    /// The most requests that a worker consumes at the same time on each interactive endpoint. More than it has cores, since most of them wait: for prices, or
    /// for the same computation by another request.
    /// </summary>
    public static readonly int Slots = 8 * Environment.ProcessorCount;

    /// <summary>The most backtests at the same time: each keeps a core busy, and other requests need one too.</summary>
    public static readonly int BacktestSlots = Math.Max(1, Environment.ProcessorCount / 2);
}
