using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Where is a symbol's price heading? Answered with <see cref="PredictionAnswer"/> or <see cref="RequestRefused"/>.
/// The texts are as their sender wrote them; <see cref="RequestRules"/> says what is valid and normalises.
/// </summary>
/// <param name="Symbol">A supported symbol or alias, in any case.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>.</param>
public sealed record PredictRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe = Timeframes.Default)
{
    /// <summary>The UTC date (YYYY-MM-DD) whose bar is the last one used; null: now.</summary>
    [JsonPropertyName("asOf")]
    public string? AsOf { get; init; }

    /// <summary>Whether the answer is to say what made it: <see cref="PredictionAnswer.Contributions"/>. Null: no.</summary>
    [JsonPropertyName("explain")]
    public bool? Explain { get; init; }

    /// <summary>When nobody waits for the answer any more; null: somebody always does.</summary>
    [JsonPropertyName("deadline")]
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// How long after its sending somebody waits for the answer, in milliseconds. It needs no clock that agrees with the sender's, and goes before
    /// <see cref="Deadline"/>.
    /// </summary>
    [JsonPropertyName("deadline_ms")]
    public long? DeadlineMs { get; init; }
}
