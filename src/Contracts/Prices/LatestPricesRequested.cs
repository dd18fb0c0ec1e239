using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Asks for the newest prices of symbols. Answered with <see cref="LatestPricesAnswer"/> or <see cref="RequestRefused"/>.</summary>
/// <param name="Symbols">Canonical symbols, 1 to <see cref="RequestRules.MaxBatch"/>.</param>
public sealed record LatestPricesRequested([property: JsonPropertyName("symbols")] IReadOnlyList<string> Symbols);

/// <summary>The answer to <see cref="LatestPricesRequested"/>.</summary>
/// <param name="Prices">By symbol; symbols without prices are left out.</param>
/// <param name="DataSource">Where the prices came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented).</param>
public sealed record LatestPricesAnswer(
    [property: JsonPropertyName("prices")] IReadOnlyDictionary<string, PricePoint> Prices,
    [property: JsonPropertyName("data_source")] string DataSource);

/// <summary>A price at an instant.</summary>
/// <param name="Price">In USD.</param>
/// <param name="Time">The instant; a daily bar's is the end of its day.</param>
public sealed record PricePoint(
    [property: JsonPropertyName("price"), JsonConverter(typeof(PriceConverter))] double Price,
    [property: JsonPropertyName("time"), JsonConverter(typeof(InstantConverter))] DateTimeOffset Time);
