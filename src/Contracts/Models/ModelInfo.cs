using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>What is known of a symbol's model.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Status"><c>trained</c> where a model serves, else <c>not_trained</c>.</param>
/// <param name="ModelVersion">The checkpoint's version, <c>N/A</c> without one.</param>
/// <param name="LastTrained">When the checkpoint was trained; null where the file does not say.</param>
/// <param name="Accuracy7d">The checkpoint's own test accuracy over 7 days, 0..1.</param>
/// <param name="CheckpointPath">The checkpoint's path as configured.</param>
/// <param name="ModelDigest">SHA-256 of weights and scaler, lower-case hex.</param>
/// <param name="Error">Why the newest checkpoint was rejected; null where it was not. An older model may still serve.</param>
public sealed record ModelInfo(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("last_trained"), JsonConverter(typeof(InstantConverter))] DateTimeOffset? LastTrained,
    [property: JsonPropertyName("accuracy_7d"), JsonConverter(typeof(PlainNumberConverter))] double? Accuracy7d,
    [property: JsonPropertyName("checkpoint_path")] string? CheckpointPath,
    [property: JsonPropertyName("model_digest")] string? ModelDigest,
    [property: JsonPropertyName("error")] string? Error)
{
    /// <summary>The status of a symbol with a serving model.</summary>
    public const string Trained = "trained";

    /// <summary>The status of a symbol without a model.</summary>
    public const string NotTrained = "not_trained";

    /// <summary>Whether the pooled network serves the symbol, because it has no model of its own.</summary>
    [JsonPropertyName("pooled")]
    public bool Pooled { get; init; }

    /// <summary>The UTC day of the symbol's newest closed bar; null where there is none, the prices are unavailable, or an older worker answered.</summary>
    [JsonPropertyName("newest_bar")]
    public DateOnly? NewestBar { get; init; }

    /// <summary>How many closed days after <see cref="NewestBar"/> have no bar: 0 where yesterday's is there.</summary>
    [JsonPropertyName("newest_bar_age_days")]
    public int? NewestBarAgeDays { get; init; }

    /// <summary>The result of the last training for the symbol in this folder; null where none is recorded, or it was rolled back.</summary>
    [JsonPropertyName("last_training")]
    public TrainingResult? LastTraining { get; init; }
}
