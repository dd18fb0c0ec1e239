using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks for a symbol's recorded predictions and their outcomes. Answered with <see cref="PredictionHistory"/> or <see cref="RequestRefused"/>.
/// </summary>
/// <param name="Symbol">A symbol or alias, in any case.</param>
/// <param name="Limit">The most predictions to return, 1 to <see cref="RequestRules.MaxHistory"/>.</param>
public sealed record PredictionHistoryRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("limit")] int Limit = PredictionHistoryRequested.DefaultLimit)
{
    /// <summary>The default of <see cref="Limit"/>.</summary>
    public const int DefaultLimit = 50;

    /// <summary>How many of the newest predictions to skip, 0 to <see cref="RequestRules.MaxOffset"/>.</summary>
    [JsonPropertyName("offset")]
    public int Offset { get; init; }

    /// <summary>Only predictions of this horizon, one of <see cref="Timeframes.All"/>; null means all.</summary>
    [JsonPropertyName("timeframe")]
    public string? Timeframe { get; init; }

    /// <summary>Only predictions that were made on this UTC date (YYYY-MM-DD) or later; null means any.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>Only predictions that were made on this UTC date (YYYY-MM-DD) or earlier; null means any.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }
}

/// <summary>The answer to <see cref="PredictionHistoryRequested"/>.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="History">The newest recorded predictions, newest first.</param>
/// <param name="Total">How many are recorded that the request's filters let through, on all pages.</param>
public sealed record PredictionHistory(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("history")] IReadOnlyList<RecordedPrediction> History,
    [property: JsonPropertyName("total")] long Total);

/// <summary>A recorded prediction. Its outcome is null until the bar of its target date has closed.</summary>
/// <param name="Id">The prediction id.</param>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Timeframe">The horizon.</param>
/// <param name="Direction"><c>bearish</c>, <c>neutral</c> or <c>bullish</c>; null in rows of other systems that have none.</param>
/// <param name="PredictedPrice">The price expected, in USD.</param>
/// <param name="PriceAtPrediction">The close of the last bar used, in USD.</param>
/// <param name="Confidence">The largest probability, 0..1.</param>
/// <param name="ActualPrice">The close of the target date, in USD.</param>
/// <param name="WasCorrect">Whether the direction was the actual one: a change below -2 % is bearish, above +2 % bullish, else neutral.</param>
/// <param name="AccuracyScore">Accuracy of the price, 0..100: 100 minus the error in percent of the actual price.</param>
/// <param name="PriceError">The absolute difference of predicted and actual price, in USD.</param>
/// <param name="CreatedAt">When it was predicted.</param>
/// <param name="TargetDate">The UTC day whose close decides the outcome.</param>
public sealed record RecordedPrediction(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe,
    [property: JsonPropertyName("direction")] string? Direction,
    [property: JsonPropertyName("predictedPrice"), JsonConverter(typeof(PriceConverter))] double PredictedPrice,
    [property: JsonPropertyName("priceAtPrediction"), JsonConverter(typeof(PriceConverter))] double? PriceAtPrediction,
    [property: JsonPropertyName("confidence"), JsonConverter(typeof(PlainNumberConverter))] double Confidence,
    [property: JsonPropertyName("actualPrice"), JsonConverter(typeof(PriceConverter))] double? ActualPrice,
    [property: JsonPropertyName("wasCorrect")] bool? WasCorrect,
    [property: JsonPropertyName("accuracyScore"), JsonConverter(typeof(PlainNumberConverter))] double? AccuracyScore,
    [property: JsonPropertyName("priceError"), JsonConverter(typeof(PriceConverter))] double? PriceError,
    [property: JsonPropertyName("createdAt"), JsonConverter(typeof(InstantConverter))] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("targetDate")] DateOnly? TargetDate);
