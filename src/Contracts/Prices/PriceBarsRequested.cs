using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Asks for the newest closed daily bars of a symbol. Answered with <see cref="PriceBars"/> or <see cref="RequestRefused"/>.</summary>
/// <param name="Symbol">A symbol or alias, in any case.</param>
/// <param name="Days">The most bars, 1 to <see cref="RequestRules.MaxBars"/>.</param>
public sealed record PriceBarsRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("days")] int Days = PriceBarsRequested.DefaultDays)
{
    /// <summary>The default of <see cref="Days"/>.</summary>
    public const int DefaultDays = 90;
}

/// <summary>The answer to <see cref="PriceBarsRequested"/>.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Bars">Closed daily bars, ascending; a day may be missing.</param>
/// <param name="DataSource">Where the bars came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented).</param>
public sealed record PriceBars(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("bars")] IReadOnlyList<PriceBar> Bars,
    [property: JsonPropertyName("data_source")] string DataSource);

/// <summary>A UTC day of prices in USD.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Open">First price of the day.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded volume, in the unit of the source.</param>
public sealed record PriceBar(
    [property: JsonPropertyName("day")] DateOnly Day,
    [property: JsonPropertyName("open"), JsonConverter(typeof(PriceConverter))] double Open,
    [property: JsonPropertyName("high"), JsonConverter(typeof(PriceConverter))] double High,
    [property: JsonPropertyName("low"), JsonConverter(typeof(PriceConverter))] double Low,
    [property: JsonPropertyName("close"), JsonConverter(typeof(PriceConverter))] double Close,
    [property: JsonPropertyName("volume"), JsonConverter(typeof(PlainNumberConverter))] double Volume);
