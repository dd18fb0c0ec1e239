using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>Section <c>Cache</c>: how long answers live.</summary>
public sealed class CacheOptions
{
    /// <summary>Lifetime of a prediction in seconds; <c>CACHE_TTL</c> sets it. 0 turns the cache off, for risk scores too.</summary>
    [Range(0, 86_400)]
    public int PredictionSeconds { get; set; } = 300;

    /// <summary>Lifetime of a risk score in seconds.</summary>
    [Range(1, 86_400)]
    public int RiskSeconds { get; set; } = 7_200;

    /// <summary>Most answers that one process keeps in its own memory, where that is the cache.</summary>
    [Range(1, 10_000_000)]
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Whether answers are stored at all.</summary>
    public bool Enabled => PredictionSeconds > 0;
}
