using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks for a prediction of a symbol's price by all of its checkpoints combined. Answered with <see cref="EnsembleAnswer"/> or <see
/// cref="RequestRefused"/>.
/// </summary>
/// <param name="Symbol">A supported symbol or alias, in any case.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>.</param>
public sealed record EnsemblePredictRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe = Timeframes.Default)
{
    /// <summary>How the members are combined, one of <see cref="EnsembleMethods.All"/>.</summary>
    [JsonPropertyName("ensemble_method")]
    public string EnsembleMethod { get; init; } = EnsembleMethods.Default;

    /// <summary>Members whose largest probability is below this are dropped, unless that would drop all; 0..1.</summary>
    [JsonPropertyName("min_confidence")]
    public double MinConfidence { get; init; } = EnsembleMethods.DefaultMinConfidence;

    /// <summary>The UTC date (YYYY-MM-DD) whose bar is the last one used; null means now.</summary>
    [JsonPropertyName("asOf")]
    public string? AsOf { get; init; }

    /// <summary>Another spelling of <see cref="AsOf"/> in JSON; one of them is enough. Senders in .NET use <see cref="AsOf"/>.</summary>
    [JsonPropertyName("as_of"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AsOfSnakeCase { get; init; }

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

/// <summary>The ways to combine the checkpoints of a symbol.</summary>
public static class EnsembleMethods
{
    /// <summary>The method of a request that names none.</summary>
    public const string Default = "weighted_average";

    /// <summary>The lowest confidence of a member, of a request that names none.</summary>
    public const double DefaultMinConfidence = 0.3;

    /// <summary>Every method.</summary>
    public static IReadOnlyList<string> All { get; } = ["weighted_average", "majority_voting", "max_confidence"];
}
