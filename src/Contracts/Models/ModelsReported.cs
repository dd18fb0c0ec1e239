using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>A worker tells which models it holds in memory: at its start, after each change, and every few seconds.</summary>
/// <param name="WorkerId">The worker, unique per process.</param>
/// <param name="Symbols">The canonical symbols whose models are loaded.</param>
/// <param name="Reasons">Why the worker can answer nothing; empty where it can. Null from workers that do not say.</param>
/// <param name="Notes">What is wrong with it although it answers. Null from workers that do not say.</param>
/// <param name="Engine">What computes checkpoints there: <c>managed</c> or <c>torch</c>. Null from workers that do not say.</param>
public sealed record ModelsReported(
    [property: JsonPropertyName("worker_id"), JsonRequired] string WorkerId,
    [property: JsonPropertyName("symbols")] IReadOnlyList<string> Symbols,
    [property: JsonPropertyName("reasons")] IReadOnlyList<string>? Reasons = null,
    [property: JsonPropertyName("notes")] IReadOnlyList<string>? Notes = null,
    [property: JsonPropertyName("engine")] string? Engine = null)
{
    /// <summary>The <see cref="Engine"/> of a worker in which PyTorch's library computes.</summary>
    public const string Torch = "torch";

    /// <summary>The time between two reports of a worker in which nothing changes.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(5);
}
