using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks what would have been answered on each day of a past, and how good that would have been. Answered with <see cref="BacktestAnswer"/> or
/// <see cref="RequestRefused"/>. The texts are as the sender wrote them.
/// </summary>
/// <param name="Symbol">A supported symbol or alias, in any case.</param>
/// <param name="Timeframe">One of <see cref="Timeframes.All"/>.</param>
public sealed record BacktestRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe = Timeframes.Default)
{
    /// <summary>The first UTC date (YYYY-MM-DD); null means a year before <see cref="To"/>.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>The last UTC date (YYYY-MM-DD), at most <see cref="RequestRules.MaxBacktestYears"/> years later; null means the newest bar's.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }

    /// <summary>For how long after the sending the caller waits, in milliseconds; null means for ever.</summary>
    [JsonPropertyName("deadline_ms")]
    public long? DeadlineMs { get; init; }
}
