using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The result of the last training for a symbol: whether its network was promoted, and why or why not.</summary>
/// <param name="At">When the training ended.</param>
/// <param name="Outcome"><c>promoted</c> or <c>kept</c>: what served before then goes on serving.</param>
/// <param name="Reason">In words.</param>
/// <param name="ModelDigest">The digest of the trained network, as in <see cref="ModelInfo.ModelDigest"/>.</param>
public sealed record TrainingResult(
    [property: JsonPropertyName("at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset At,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("model_digest")] string ModelDigest)
{
    /// <summary>The outcome of a network that serves since.</summary>
    public const string Promoted = "promoted";

    /// <summary>The outcome of a network that does not serve.</summary>
    public const string Kept = "kept";

    /// <summary>
    /// How much lower the new network's Brier score is than that of what served, over days that neither had learnt from; null where the two were not
    /// compared.
    /// </summary>
    [JsonPropertyName("gain"), JsonConverter(typeof(PlainNumberConverter))]
    public double? Gain { get; init; }

    /// <summary>The lower bound of the gain: a network is promoted where it is above 0.</summary>
    [JsonPropertyName("gain_low"), JsonConverter(typeof(PlainNumberConverter))]
    public double? GainLow { get; init; }

    /// <summary>The upper bound of the gain.</summary>
    [JsonPropertyName("gain_high"), JsonConverter(typeof(PlainNumberConverter))]
    public double? GainHigh { get; init; }

    /// <summary>The days of the comparison.</summary>
    [JsonPropertyName("days")]
    public int? Days { get; init; }

    /// <summary>The symbols that were compared together.</summary>
    [JsonPropertyName("symbols")]
    public int? Symbols { get; init; }
}
