using System.Diagnostics.Metrics;

namespace Coinsphere.Messaging.Hosting;

/// <summary>What the hosts count of themselves.</summary>
public static class Meters
{
    /// <summary>The name to subscribe to.</summary>
    public const string Name = "Coinsphere.Messaging";

    private static readonly Meter Meter = new(Name);

    /// <summary>Runs of a model over a window, by <c>model</c>.</summary>
    public static Counter<long> ForwardPasses { get; } = Meter.CreateCounter<long>("coinsphere.forward_passes", "{pass}");

    /// <summary>Requests that waited for the computation of another.</summary>
    public static Counter<long> CoalescedRequests { get; } = Meter.CreateCounter<long>("coinsphere.coalesced_requests", "{request}");

    /// <summary>Reads of the result cache that found an answer.</summary>
    public static Counter<long> CacheHits { get; } = Meter.CreateCounter<long>("coinsphere.cache_hits", "{read}");

    /// <summary>Reads of the result cache that found none, also because Redis was away.</summary>
    public static Counter<long> CacheMisses { get; } = Meter.CreateCounter<long>("coinsphere.cache_misses", "{read}");

    /// <summary>Calls that Redis did not answer in time, or answered with an error, by <c>kind</c>: <c>away</c> or <c>error</c>.</summary>
    public static Counter<long> RedisFailures { get; } = Meter.CreateCounter<long>("coinsphere.redis_failures", "{call}");

    /// <summary>+1 while a process leaves Redis alone because it does not answer.</summary>
    public static UpDownCounter<long> RedisBreakersOpen { get; } = Meter.CreateUpDownCounter<long>("coinsphere.redis_breakers_open", "{process}");
}
