using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Asks for the risk of a symbol. Answered with <see cref="RiskAnswer"/> or <see cref="RequestRefused"/>. Needs prices, no model.</summary>
/// <param name="Symbol">Any symbol or alias that has prices, in any case.</param>
public sealed record RiskRequested([property: JsonPropertyName("symbol")] string Symbol)
{
    /// <summary>
    /// The share of a portfolio that is in the symbol, 0..1: the answer then has <see cref="RiskAnswer.Portfolio"/>. It does not change the score.
    /// </summary>
    [JsonPropertyName("portfolio_allocation")]
    public double? PortfolioAllocation { get; init; }

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
