using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>How much a price is expected to move, and how much of it may be lost. Fractions with 6 decimals; losses are positive.</summary>
/// <param name="Volatility7Days">The expected standard deviation of the log return over 7 days.</param>
/// <param name="Volatility30Days">The same over 30 days.</param>
/// <param name="ValueAtRisk95">The loss over 7 days that is exceeded with a probability of 5 %.</param>
/// <param name="ExpectedShortfall95">The loss over 7 days that is to be expected in the worst 5 % of outcomes.</param>
/// <param name="ExpectedDrawdown30Days">The largest fall from a highest close within the next 30 days that is to be expected.</param>
/// <param name="PercentileAllSymbols">How many percent of the days of all symbols that the volatility model has learnt from were calmer, 0 to 100.</param>
public sealed record RiskForecast(
    [property: JsonPropertyName("volatility_7d"), JsonConverter(typeof(PlainNumberConverter))] double Volatility7Days,
    [property: JsonPropertyName("volatility_30d"), JsonConverter(typeof(PlainNumberConverter))] double Volatility30Days,
    [property: JsonPropertyName("value_at_risk_95_7d"), JsonConverter(typeof(PlainNumberConverter))] double ValueAtRisk95,
    [property: JsonPropertyName("expected_shortfall_95_7d"), JsonConverter(typeof(PlainNumberConverter))] double ExpectedShortfall95,
    [property: JsonPropertyName("expected_drawdown_30d"), JsonConverter(typeof(PlainNumberConverter))] double ExpectedDrawdown30Days,
    [property: JsonPropertyName("percentile_all_symbols"), JsonConverter(typeof(PlainNumberConverter))] double PercentileAllSymbols)
{
    /// <summary>How many percent of the symbol's days of the last year were calmer, 0 to 100; left out where the year is not there.</summary>
    [JsonPropertyName("percentile_own_year"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(PlainNumberConverter))]
    public double? PercentileOwnYear { get; init; }
}

/// <summary>What a portfolio may lose by its share of a symbol, as fractions of the portfolio with 6 decimals: the forecast times the share.</summary>
/// <param name="ValueAtRisk95">The loss over 7 days that is exceeded with a probability of 5 %.</param>
/// <param name="ExpectedShortfall95">The loss over 7 days that is to be expected in the worst 5 % of outcomes.</param>
public sealed record PortfolioLoss(
    [property: JsonPropertyName("value_at_risk_95_7d"), JsonConverter(typeof(PlainNumberConverter))] double ValueAtRisk95,
    [property: JsonPropertyName("expected_shortfall_95_7d"), JsonConverter(typeof(PlainNumberConverter))] double ExpectedShortfall95);
