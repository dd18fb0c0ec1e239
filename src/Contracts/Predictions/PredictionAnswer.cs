using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// The answer to <see cref="PredictRequested"/>: one shape on the bus, in the cache and over HTTP.
/// Prices are in USD with 2 decimals from 1 upwards and 6 significant digits below. Not financial advice.
/// </summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Timeframe">The horizon, one of <see cref="Timeframes.All"/>.</param>
/// <param name="Prediction">The predicted direction and prices.</param>
/// <param name="Indicators">The last bar's indicators.</param>
/// <param name="Explanation">The prediction as a sentence for people.</param>
/// <param name="HistoricalAccuracy">The model's measured hit rate; nulls where nothing was measured.</param>
/// <param name="GeneratedAt">When the answer was computed.</param>
/// <param name="ExpiresAt">When it expires: exactly the cache's lifetime after <paramref name="GeneratedAt"/>.</param>
/// <param name="ModelVersion">The checkpoint's version.</param>
/// <param name="PredictionId">A digest of everything that the answer was computed from: equal inputs give equal ids.</param>
/// <param name="ModelDigest">SHA-256 of the model's weights, shapes, window, scaler and calibrations, lower-case hex.</param>
/// <param name="DataAsOf">The UTC day of the last bar used.</param>
/// <param name="DataSource">Where the bars came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented).</param>
/// <param name="SentimentSource">The source of the social features; <c>neutral</c> where no source is configured, or it has no data of the seven days
/// before the last bar.</param>
/// <param name="InputsDigest">SHA-256 of the bars and the sentiment that were read, lower-case hex.</param>
/// <param name="Kernel">The code that ran the network, such as <c>vector512.2</c> (its vectors and the revision of its arithmetic) or
/// <c>libtorch-2.10.0</c>. Results of another kernel may differ by 1e-5.</param>
/// <param name="Contributions">The explanation of the predicted direction's probability; left out where <see cref="PredictRequested.Explain"/> was
/// not set.</param>
public sealed record PredictionAnswer(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe,
    [property: JsonPropertyName("prediction")] PricePrediction Prediction,
    [property: JsonPropertyName("indicators")] Indicators Indicators,
    [property: JsonPropertyName("explanation")] string Explanation,
    [property: JsonPropertyName("historical_accuracy")] HistoricalAccuracy HistoricalAccuracy,
    [property: JsonPropertyName("generated_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset GeneratedAt,
    [property: JsonPropertyName("expires_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset ExpiresAt,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("prediction_id")] string PredictionId,
    [property: JsonPropertyName("model_digest")] string ModelDigest,
    [property: JsonPropertyName("data_as_of")] DateOnly DataAsOf,
    [property: JsonPropertyName("data_source")] string DataSource,
    [property: JsonPropertyName("sentiment_source")] string SentimentSource,
    [property: JsonPropertyName("inputs_digest")] string? InputsDigest = null,
    [property: JsonPropertyName("kernel")] string? Kernel = null,
    [property: JsonPropertyName("contributions"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FeatureContributions? Contributions = null)
{
    /// <summary>Warnings about the data and the model, as sentences for people; empty where there are none.</summary>
    /// <remarks>Answers of older services do not have this field.</remarks>
    [JsonPropertyName("warnings")]
    public IReadOnlyList<string> Warnings { get; init => field = value is { Count: > 0 } ? value : []; } = [];

    /// <summary>SHA-256 of the numbers that expected volatility and quantiles were made with, lower-case hex. Null in answers of older services.</summary>
    [JsonPropertyName("volatility_digest"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? VolatilityDigest { get; init; }
}

/// <summary>The predicted direction and prices.</summary>
/// <param name="Direction"><c>bearish</c>, <c>neutral</c> or <c>bullish</c>: the most probable class.</param>
/// <param name="Confidence"><c>high</c> from 0.70, <c>medium</c> from 0.50, else <c>low</c>.</param>
/// <param name="ConfidenceScore">The largest probability, 3 decimals.</param>
/// <param name="TargetPrice">The price expected at the horizon.</param>
/// <param name="TargetPriceRange">5 % around the target.</param>
/// <param name="CurrentPrice">The close of the last bar used.</param>
/// <param name="PotentialGain">From current to target price in percent, 2 decimals.</param>
/// <param name="Probabilities">The model's probability of each class.</param>
/// <param name="Interval">The range that contains the close at the horizon nine times out of ten; null where the history is too short.</param>
public sealed record PricePrediction(
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("confidence")] string Confidence,
    [property: JsonPropertyName("confidenceScore"), JsonConverter(typeof(PlainNumberConverter))] double ConfidenceScore,
    [property: JsonPropertyName("targetPrice"), JsonConverter(typeof(PriceConverter))] double TargetPrice,
    [property: JsonPropertyName("targetPriceRange")] PriceRange TargetPriceRange,
    [property: JsonPropertyName("currentPrice"), JsonConverter(typeof(PriceConverter))] double CurrentPrice,
    [property: JsonPropertyName("potentialGain"), JsonConverter(typeof(PlainNumberConverter))] double PotentialGain,
    [property: JsonPropertyName("probabilities")] ClassProbabilities Probabilities,
    [property: JsonPropertyName("interval")] PriceInterval? Interval = null)
{
    /// <summary>
    /// The expected standard deviation of the log return over the horizon, a fraction, 6 decimals; left out where the history is too short, and in answers
    /// of older services.
    /// </summary>
    [JsonPropertyName("expected_volatility"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(PlainNumberConverter))]
    public double? ExpectedVolatility { get; init; }

    /// <summary>
    /// The distribution of the close at the horizon, ascending; left out where <see cref="Interval"/> is null, and in answers of older services.
    /// </summary>
    [JsonPropertyName("quantiles"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PriceQuantile>? Quantiles { get; init; }
}

/// <summary>A range of prices.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record PriceRange(
    [property: JsonPropertyName("low"), JsonConverter(typeof(PriceConverter))] double Low,
    [property: JsonPropertyName("high"), JsonConverter(typeof(PriceConverter))] double High);

/// <summary>
/// A prediction interval: the 5 and 95 % quantiles of the close at the horizon. Its width is the expected volatility times what such moves were in many
/// symbols, kept honest by the symbol's own last year.
/// </summary>
/// <param name="Level">The share of closes that fall into it, 0.9.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public sealed record PriceInterval(
    [property: JsonPropertyName("level"), JsonConverter(typeof(PlainNumberConverter))] double Level,
    [property: JsonPropertyName("low"), JsonConverter(typeof(PriceConverter))] double Low,
    [property: JsonPropertyName("high"), JsonConverter(typeof(PriceConverter))] double High);

/// <summary>A quantile of the close at the horizon.</summary>
/// <param name="Q">The probability that the close is below it: 0.05, 0.1, 0.25, 0.5, 0.75, 0.9 or 0.95.</param>
/// <param name="Price">The price in USD.</param>
public sealed record PriceQuantile(
    [property: JsonPropertyName("q"), JsonConverter(typeof(PlainNumberConverter))] double Q,
    [property: JsonPropertyName("price"), JsonConverter(typeof(PriceConverter))] double Price);

/// <summary>Probabilities of the three classes, 6 decimals each.</summary>
/// <param name="Bearish">Down by more than 2 % over the horizon.</param>
/// <param name="Neutral">In between.</param>
/// <param name="Bullish">Up by more than 2 % over the horizon.</param>
public sealed record ClassProbabilities(
    [property: JsonPropertyName("bearish"), JsonConverter(typeof(PlainNumberConverter))] double Bearish,
    [property: JsonPropertyName("neutral"), JsonConverter(typeof(PlainNumberConverter))] double Neutral,
    [property: JsonPropertyName("bullish"), JsonConverter(typeof(PlainNumberConverter))] double Bullish);

/// <summary>Technical indicators of the last bar used.</summary>
/// <param name="Rsi">14-day relative strength index, 0..100, 2 decimals.</param>
/// <param name="Macd"><c>bullish</c> where the MACD is above its signal line, else <c>bearish</c>.</param>
/// <param name="VolumeTrend"><c>increasing</c>, <c>decreasing</c> or <c>stable</c>, by the last volume change.</param>
/// <param name="SocialSentiment">Social score, 0..1.</param>
public sealed record Indicators(
    [property: JsonPropertyName("rsi"), JsonConverter(typeof(PlainNumberConverter))] double Rsi,
    [property: JsonPropertyName("macd")] string Macd,
    [property: JsonPropertyName("volumeTrend")] string VolumeTrend,
    [property: JsonPropertyName("socialSentiment"), JsonConverter(typeof(PlainNumberConverter))] double SocialSentiment);

/// <summary>
/// How often the model's direction was the actual one, over the forecasts whose horizon closed in the last days. Each forecast is computed again from
/// the bars up to its day. Rates are 0..1, with 2 decimals.
/// </summary>
/// <param name="Last30Days">Over the last 30 days; null where the history is too short, or has gaps.</param>
/// <param name="Last90Days">Over the last 90 days; null where the history is too short, or has gaps.</param>
/// <param name="Replayed">True where the model may have been trained on some of these days, so that the rates say little about the future; else left
/// out.</param>
public sealed record HistoricalAccuracy(
    [property: JsonPropertyName("last30Days"), JsonConverter(typeof(PlainNumberConverter))] double? Last30Days,
    [property: JsonPropertyName("last90Days"), JsonConverter(typeof(PlainNumberConverter))] double? Last90Days,
    [property: JsonPropertyName("replayed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Replayed = null)
{
    /// <summary>Nothing was measured.</summary>
    public static HistoricalAccuracy NotMeasured { get; } = new(null, null);

    /// <summary>
    /// What naming the most frequent class would have hit over the same 30 days: on each day the most frequent of the outcomes that were known on it.
    /// Left out where it was not measured.
    /// </summary>
    [JsonPropertyName("baseRate30Days"), JsonConverter(typeof(PlainNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BaseRate30Days { get; init; }

    /// <summary>The same over the 90 days.</summary>
    [JsonPropertyName("baseRate90Days"), JsonConverter(typeof(PlainNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BaseRate90Days { get; init; }

    /// <summary>
    /// For how many independent forecasts those of the 30 days count: 30 over the horizon in days, 2 decimals. Horizons of neighbouring days overlap.
    /// Left out where nothing was measured.
    /// </summary>
    [JsonPropertyName("independent30Days"), JsonConverter(typeof(PlainNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Independent30Days { get; init; }

    /// <summary>The same of the 90 days.</summary>
    [JsonPropertyName("independent90Days"), JsonConverter(typeof(PlainNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Independent90Days { get; init; }
}

/// <summary>
/// Shapley values: what each feature adds to the probability of the predicted direction by its actual values over the window, compared with its mean
/// in all steps.
/// </summary>
/// <param name="Method"><c>shapley</c> where every combination of features was tried, <c>sampled_shapley</c> where some orders were.</param>
/// <param name="Direction">The direction explained.</param>
/// <param name="Baseline">Its probability where every feature stays at its mean, 6 decimals.</param>
/// <param name="Probability">Its probability; baseline and contributions add up to it.</param>
/// <param name="Features">All 20, the largest contributions first.</param>
public sealed record FeatureContributions(
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("baseline"), JsonConverter(typeof(PlainNumberConverter))] double Baseline,
    [property: JsonPropertyName("probability"), JsonConverter(typeof(PlainNumberConverter))] double Probability,
    [property: JsonPropertyName("features")] IReadOnlyList<FeatureContribution> Features);

/// <summary>One feature's part of a probability.</summary>
/// <param name="Feature">Its name, such as <c>rsi</c>.</param>
/// <param name="Contribution">What it adds to the probability; negative where it lowers it; 6 decimals.</param>
public sealed record FeatureContribution(
    [property: JsonPropertyName("feature")] string Feature,
    [property: JsonPropertyName("contribution"), JsonConverter(typeof(PlainNumberConverter))] double Contribution);
