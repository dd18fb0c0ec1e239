using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// The bar of a symbol's UTC day that is over. Workers with a database write it there, and invalidate the symbol's cached answers. A day that is stored with
/// other numbers changes only where <see cref="Correction"/> says why. An invalid bar is refused with <see cref="RequestRefused"/> where its sender
/// gave a reply address; a written bar has no reply.
/// </summary>
/// <param name="Symbol">The symbol, in any case.</param>
/// <param name="Day">The UTC day, before today.</param>
/// <param name="Open">First price of the day in USD.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Traded volume.</param>
/// <param name="MarketCap">Market capitalisation at the close in USD; null where unknown.</param>
public sealed record PriceBarClosed(
    [property: JsonPropertyName("symbol"), JsonRequired] string Symbol,
    [property: JsonPropertyName("day"), JsonRequired] DateOnly Day,
    [property: JsonPropertyName("open"), JsonRequired, JsonConverter(typeof(PriceConverter))] double Open,
    [property: JsonPropertyName("high"), JsonRequired, JsonConverter(typeof(PriceConverter))] double High,
    [property: JsonPropertyName("low"), JsonRequired, JsonConverter(typeof(PriceConverter))] double Low,
    [property: JsonPropertyName("close"), JsonRequired, JsonConverter(typeof(PriceConverter))] double Close,
    [property: JsonPropertyName("volume"), JsonRequired, JsonConverter(typeof(PlainNumberConverter))] double Volume,
    [property: JsonPropertyName("market_cap")] double? MarketCap = null)
{
    /// <summary>
    /// Why the bar may take the place of a stored one with other numbers, or have prices far from its close; null for a bar that does neither. Kept with who
    /// sent it and when.
    /// </summary>
    [JsonPropertyName("correction")]
    public string? Correction { get; init; }
}
