using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>What a process has counted since its start, and what it knows of queues and of the feed.</summary>
/// <param name="Process">The process, unique each time that it starts.</param>
/// <param name="Version">The release that it runs.</param>
/// <param name="StartedAt">When it was started.</param>
/// <param name="CacheHits">Answers that it found in the result cache.</param>
/// <param name="CacheMisses">Answers that it did not find there.</param>
/// <param name="Refusals">How many requests it has refused, by reason.</param>
/// <param name="Stages">How long the stages of its requests took.</param>
/// <param name="Queues">The queues that it asks the broker about; none where another process does, or there is no broker.</param>
/// <param name="Feed">The exchange that it fetches bars from; null where it fetches none.</param>
public sealed record ProcessReport(
    [property: JsonPropertyName("process"), JsonRequired] string Process,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("started_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset StartedAt,
    [property: JsonPropertyName("cache_hits")] long CacheHits,
    [property: JsonPropertyName("cache_misses")] long CacheMisses,
    [property: JsonPropertyName("refusals")] IReadOnlyDictionary<string, long> Refusals,
    [property: JsonPropertyName("stages")] IReadOnlyList<StageReport> Stages,
    [property: JsonPropertyName("queues")] IReadOnlyList<QueueReport> Queues,
    [property: JsonPropertyName("feed")] FeedReport? Feed);

/// <summary>How long a stage of requests took.</summary>
/// <param name="Stage">The stage, such as <c>queue</c>, <c>prices</c> or <c>answer</c>.</param>
/// <param name="Count">How often it ran.</param>
/// <param name="MedianMs">The median of the last 256 times, in milliseconds, 3 decimals.</param>
/// <param name="P95Ms">The 95th percentile of the last 256 times, in milliseconds, 3 decimals.</param>
public sealed record StageReport(
    [property: JsonPropertyName("stage")] string Stage,
    [property: JsonPropertyName("count")] long Count,
    [property: JsonPropertyName("median_ms"), JsonConverter(typeof(PlainNumberConverter))] double MedianMs,
    [property: JsonPropertyName("p95_ms"), JsonConverter(typeof(PlainNumberConverter))] double P95Ms);

/// <summary>The queue of an endpoint.</summary>
/// <param name="Endpoint">The endpoint, such as <c>predict</c>.</param>
/// <param name="Waiting">Messages that wait in it; null where the broker was not asked.</param>
/// <param name="Parked">Messages that failed and wait for people; null where the broker was not asked.</param>
/// <param name="MedianAgeMs">The median age of its last 256 messages when they were taken from it, in milliseconds; null where none was.</param>
/// <param name="P95AgeMs">The 95th percentile of the same.</param>
public sealed record QueueReport(
    [property: JsonPropertyName("endpoint")] string Endpoint,
    [property: JsonPropertyName("waiting")] long? Waiting,
    [property: JsonPropertyName("parked")] long? Parked,
    [property: JsonPropertyName("median_age_ms"), JsonConverter(typeof(PlainNumberConverter))] double? MedianAgeMs,
    [property: JsonPropertyName("p95_age_ms"), JsonConverter(typeof(PlainNumberConverter))] double? P95AgeMs);

/// <summary>The exchange that bars are fetched from.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Symbols">Symbols whose bars were fetched.</param>
/// <param name="DaysBehind">The most closed days that are missing after the newest fetched bar of a symbol; null before the first pass.</param>
/// <param name="Failures">How often the source did not answer, or refused a symbol.</param>
public sealed record FeedReport(
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("symbols")] int Symbols,
    [property: JsonPropertyName("days_behind")] long? DaysBehind,
    [property: JsonPropertyName("failures")] long Failures);
