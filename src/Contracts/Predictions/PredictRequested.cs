using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks for a prediction of a symbol's price. Answered with <see cref="PredictionAnswer"/> or <see cref="RequestRefused"/>. The texts are as the
/// sender wrote them; <see cref="RequestRules"/> validates and normalises them.
/// </summary>
/// <param name="Symbol">A supported symbol or alias, in any case.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>.</param>
public sealed record PredictRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe = Timeframes.Default)
{
    /// <summary>The UTC date (YYYY-MM-DD) whose bar is the last one used; null means now.</summary>
    [JsonPropertyName("asOf")]
    public string? AsOf { get; init; }

    /// <summary>Another spelling of <see cref="AsOf"/> in JSON; one of them is enough. Senders in .NET use <see cref="AsOf"/>.</summary>
    [JsonPropertyName("as_of"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AsOfSnakeCase { get; init; }

    /// <summary>Whether the answer explains the prediction: <see cref="PredictionAnswer.Contributions"/>. Null means no.</summary>
    [JsonPropertyName("explain")]
    public bool? Explain { get; init; }

    /// <summary>When the caller stops waiting; null means never.</summary>
    [JsonPropertyName("deadline")]
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>
    /// For how long after the sending the caller waits, in milliseconds. Clocks need not agree for it, so it takes precedence over <see
    /// cref="Deadline"/>.
    /// </summary>
    [JsonPropertyName("deadline_ms")]
    public long? DeadlineMs { get; init; }
}
