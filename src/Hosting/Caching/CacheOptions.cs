using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>Section <c>Cache</c>: how long answers are cached.</summary>
public sealed class CacheOptions
{
    /// <summary>Lifetime of a prediction in seconds; <c>CACHE_TTL</c> sets it. 0 turns the cache off, for risk scores too.</summary>
    [Range(0, 86_400)]
    public int PredictionSeconds { get; set; } = 300;

    /// <summary>Lifetime of a risk score in seconds.</summary>
    [Range(1, 86_400)]
    public int RiskSeconds { get; set; } = 7_200;

    /// <summary>The longest that an answer about a past day is cached, in seconds.</summary>
    [Range(1, 86_400)]
    public int PastSeconds { get; set; } = 300;

    /// <summary>The most answers about past days that a caller of a gateway has in the cache; 0: none is cached.</summary>
    [Range(0, 10_000_000)]
    public int MaxPastDays { get; set; } = 200;

    /// <summary>The most answers in the memory of one process, where memory is the cache.</summary>
    [Range(1, 10_000_000)]
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>
    /// The key of the digest over every answer in Redis, the same in every gateway and worker. Without one the digest finds accidents only: whoever may
    /// write to Redis can write answers.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>Whether answers are cached at all.</summary>
    public bool Enabled => PredictionSeconds > 0;
}

internal sealed class CacheOptionsValidator : IValidateOptions<CacheOptions>
{
    private const int ShortestSecret = 32;

    // The value is not repeated: it is a secret.
    public ValidateOptionsResult Validate(string? name, CacheOptions options) => options.Secret is { Length: > 0 and < ShortestSecret } secret
        ? ValidateOptionsResult.Fail(
            $"Cache:Secret has {secret.Length} characters: expected at least {ShortestSecret}, the same in every gateway and worker "
            + "(openssl rand -hex 32 makes one)")
        : ValidateOptionsResult.Success;
}
