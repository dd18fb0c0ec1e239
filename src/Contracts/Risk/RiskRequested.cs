using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>How risky is a symbol? Answered with <see cref="RiskAnswer"/> or <see cref="RequestRefused"/>. Needs prices, no model.</summary>
/// <param name="Symbol">Any symbol or alias that has prices, in any case.</param>
public sealed record RiskRequested([property: JsonPropertyName("symbol")] string Symbol)
{
    /// <summary>The share of a portfolio that is in the symbol, 0..1. Checked; changes nothing.</summary>
    [JsonPropertyName("portfolio_allocation")]
    public double? PortfolioAllocation { get; init; }

    /// <summary>The UTC date (YYYY-MM-DD) whose bar is the last one used; null: now.</summary>
    [JsonPropertyName("asOf")]
    public string? AsOf { get; init; }

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
