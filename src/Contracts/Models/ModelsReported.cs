using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>A worker's report of the models in its memory: at start, after each change, and every few seconds.</summary>
/// <param name="WorkerId">The worker, unique per process.</param>
/// <param name="Symbols">The canonical symbols whose models are loaded.</param>
/// <param name="Reasons">Why the worker cannot answer; empty where it can. Null from older workers.</param>
/// <param name="Notes">What is wrong although it answers. Null from older workers.</param>
/// <param name="Engine">The engine that computes checkpoints: <c>managed</c> or <c>torch</c>. Null from older workers.</param>
public sealed record ModelsReported(
    [property: JsonPropertyName("worker_id"), JsonRequired] string WorkerId,
    [property: JsonPropertyName("symbols")] IReadOnlyList<string> Symbols,
    [property: JsonPropertyName("reasons")] IReadOnlyList<string>? Reasons = null,
    [property: JsonPropertyName("notes")] IReadOnlyList<string>? Notes = null,
    [property: JsonPropertyName("engine")] string? Engine = null)
{
    /// <summary>What the worker's process has counted, and what it knows of queues and of the feed. Null from older workers.</summary>
    [JsonPropertyName("state")]
    public ProcessReport? State { get; init; }

    /// <summary>The valid keys of callers, from a worker that could read them just now. Null from others, and from older workers.</summary>
    [JsonPropertyName("keys")]
    public CallerKeys? Keys { get; init; }

    /// <summary>The requests that the worker takes at the same time on each interactive endpoint. Null from older workers.</summary>
    [JsonPropertyName("slots")]
    public int? Slots { get; init; }

    /// <summary>The <see cref="Engine"/> of a worker that computes with PyTorch's library.</summary>
    public const string Torch = "torch";

    /// <summary>The time between two reports of a worker without changes.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);
}
