using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Asks how often recorded predictions of a symbol were right. Answered with <see cref="PredictionAccuracy"/> or <see cref="RequestRefused"/>.
/// </summary>
/// <param name="Symbol">A symbol or alias, in any case.</param>
/// <param name="Days">Counts predictions with a target date in the last so many days, 1 to <see cref="RequestRules.MaxAccuracyDays"/>.</param>
public sealed record PredictionAccuracyRequested(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("days")] int Days = PredictionAccuracyRequested.DefaultDays)
{
    /// <summary>The default of <see cref="Days"/>.</summary>
    public const int DefaultDays = 30;

    /// <summary>
    /// Whether predictions count that were made after the bar of their target date had closed, such as those of a past day. They are no forecasts.
    /// </summary>
    [JsonPropertyName("include_replays")]
    public bool IncludeReplays { get; init; }
}

/// <summary>
/// The answer to <see cref="PredictionAccuracyRequested"/>. It counts predictions that are scored, and were made before the bar of their target date
/// closed, unless the request includes replays. Percentages are null where no prediction counts.
/// </summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Period">The counted days, in words.</param>
/// <param name="TotalPredictions">The number of counted predictions.</param>
/// <param name="CorrectPredictions">How many of them predicted the actual direction.</param>
/// <param name="Accuracy">Their share in percent, 2 decimals.</param>
/// <param name="AverageAccuracyScore">See <see cref="RecordedPrediction.AccuracyScore"/>.</param>
/// <param name="AveragePriceError">See <see cref="RecordedPrediction.PriceError"/>.</param>
/// <param name="ByTimeframe">The same by horizon.</param>
/// <param name="ByDirection">The same by predicted direction.</param>
/// <param name="Forecasts">How many of the predictions have probabilities and known outcomes. The following values are computed from these.</param>
/// <param name="Brier">Mean squared error of the probabilities over the three classes, 0..2, of predictions that have them.</param>
/// <param name="BaseRateBrier">The Brier score of the base rate: of always predicting how frequent the classes had been in the symbol's history
/// before each prediction. A useful model is below it.</param>
/// <param name="BaseRateAccuracy">The share in percent that the most frequent class of that history would have had.</param>
public sealed record PredictionAccuracy(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("period")] string Period,
    [property: JsonPropertyName("totalPredictions")] int TotalPredictions,
    [property: JsonPropertyName("correctPredictions")] int CorrectPredictions,
    [property: JsonPropertyName("accuracy"), JsonConverter(typeof(PlainNumberConverter))] double? Accuracy,
    [property: JsonPropertyName("averageAccuracyScore"), JsonConverter(typeof(PlainNumberConverter))] double? AverageAccuracyScore,
    [property: JsonPropertyName("averagePriceError"), JsonConverter(typeof(PriceConverter))] double? AveragePriceError,
    [property: JsonPropertyName("byTimeframe")] IReadOnlyDictionary<string, AccuracyPart> ByTimeframe,
    [property: JsonPropertyName("byDirection")] IReadOnlyDictionary<string, AccuracyPart> ByDirection,
    [property: JsonPropertyName("forecasts")] int Forecasts,
    [property: JsonPropertyName("brier"), JsonConverter(typeof(PlainNumberConverter))] double? Brier,
    [property: JsonPropertyName("baseRateBrier"), JsonConverter(typeof(PlainNumberConverter))] double? BaseRateBrier,
    [property: JsonPropertyName("baseRateAccuracy"), JsonConverter(typeof(PlainNumberConverter))] double? BaseRateAccuracy);

/// <summary>A part of the counted predictions.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Correct">How many of them were right.</param>
/// <param name="Accuracy">Their share in percent, 2 decimals.</param>
public sealed record AccuracyPart(
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("correct")] int Correct,
    [property: JsonPropertyName("accuracy"), JsonConverter(typeof(PlainNumberConverter))] double Accuracy);
