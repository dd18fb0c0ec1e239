using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// What a gateway knows of the system: its own counts, and those that the workers have reported lately. Counts begin with the start of each process, and
/// other gateways' are not in them.
/// </summary>
/// <param name="At">When it was put together.</param>
/// <param name="Version">The release of the gateway.</param>
/// <param name="Workers">The workers that have reported lately.</param>
/// <param name="Queues">The queues of the broker, by endpoint; none without a broker.</param>
/// <param name="CacheHits">Answers that were found in the result cache.</param>
/// <param name="CacheMisses">Answers that were not found there.</param>
/// <param name="Refusals">How many requests were refused, by reason. A refusal of a worker counts again in the gateway that passes it on.</param>
/// <param name="Stages">How long the stages of requests took, each in the slowest process.</param>
/// <param name="Feed">The exchange that bars are fetched from; null where no worker fetches any.</param>
public sealed record SystemReport(
    [property: JsonPropertyName("at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset At,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("workers")] IReadOnlyList<WorkerReport> Workers,
    [property: JsonPropertyName("queues")] IReadOnlyList<QueueReport> Queues,
    [property: JsonPropertyName("cache_hits")] long CacheHits,
    [property: JsonPropertyName("cache_misses")] long CacheMisses,
    [property: JsonPropertyName("refusals")] IReadOnlyDictionary<string, long> Refusals,
    [property: JsonPropertyName("stages")] IReadOnlyList<StageReport> Stages,
    [property: JsonPropertyName("feed")] FeedReport? Feed);

/// <summary>A worker, by its last report.</summary>
/// <param name="WorkerId">The worker, unique each time that it starts.</param>
/// <param name="HeardAt">When its last report arrived.</param>
/// <param name="Version">The release that it runs; null from older workers.</param>
/// <param name="StartedAt">When it was started; null from older workers.</param>
/// <param name="Engine">The engine that computes checkpoints; null from older workers.</param>
/// <param name="Symbols">The symbols whose models are in its memory.</param>
/// <param name="Reasons">Why it cannot answer; empty where it can.</param>
/// <param name="Notes">What is wrong although it answers.</param>
public sealed record WorkerReport(
    [property: JsonPropertyName("worker_id")] string WorkerId,
    [property: JsonPropertyName("heard_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset HeardAt,
    [property: JsonPropertyName("version")] string? Version,
    [property: JsonPropertyName("started_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset? StartedAt,
    [property: JsonPropertyName("engine")] string? Engine,
    [property: JsonPropertyName("symbols")] IReadOnlyList<string> Symbols,
    [property: JsonPropertyName("reasons")] IReadOnlyList<string> Reasons,
    [property: JsonPropertyName("notes")] IReadOnlyList<string> Notes);
