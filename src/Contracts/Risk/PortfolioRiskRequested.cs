using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks for the risk of a portfolio. Answered with <see cref="PortfolioRiskAnswer"/> or <see cref="RequestRefused"/>. Needs prices, no model of a network.
/// </summary>
/// <param name="Holdings">1 to <see cref="RequestRules.MaxHoldings"/>, each of another symbol. Their weights add up to 1, within 0.001.</param>
public sealed record PortfolioRiskRequested([property: JsonPropertyName("holdings")] IReadOnlyList<PortfolioHolding> Holdings)
{
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

/// <summary>A part of a portfolio.</summary>
/// <param name="Symbol">Any symbol or alias that has prices, in any case.</param>
/// <param name="Weight">The share of the portfolio's value, above 0.</param>
public sealed record PortfolioHolding(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("weight")] double? Weight);
