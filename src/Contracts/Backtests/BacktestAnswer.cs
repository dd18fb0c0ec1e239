using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// The answer to <see cref="BacktestRequested"/>. Each day's answer is made with today's models, from the bars up to that day. Replayed days, from which a
/// model had learnt, are listed and do not count. Means are null where no day counts; <see cref="Warnings"/> then says why. Not financial advice.
/// </summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Timeframe">The horizon, one of <see cref="Timeframes.All"/>.</param>
/// <param name="From">The first day that was asked for.</param>
/// <param name="To">The last day that was asked for.</param>
/// <param name="Days">The days that count.</param>
/// <param name="EffectiveDays">The days that count over the horizon, 2 decimals: neighbouring days share most of it, so there is as much evidence as in so
/// many separate ones.</param>
/// <param name="HitRate">The share of predicted directions that were right, 0..1, 4 decimals.</param>
/// <param name="BaseRateHitRate">The share that naming the most frequent direction of the past would have had, as known on each day, 4 decimals.</param>
/// <param name="Brier">The mean squared error of the probabilities over the three directions, 0..2, 4 decimals; lower is better.</param>
/// <param name="BaseRateBrier">The same of the frequencies of the past, as known on each day.</param>
/// <param name="IntervalCoverage">The share of closes inside their interval, 0..1, 4 decimals; 0.9 is right.</param>
/// <param name="IntervalScore">The mean interval score over the price, 4 decimals: the interval's width, and 20 times the distance of a close outside of it;
/// lower is better.</param>
/// <param name="EwmaIntervalScore">The same of 1.645 times the EWMA(0.97) volatility to either side.</param>
/// <param name="VolatilityQlike">The mean QLIKE of the expected volatility, 4 decimals; 0 is perfect.</param>
/// <param name="EwmaQlike">The same of the EWMA(0.97) volatility.</param>
/// <param name="Uncertainty">How uncertain each mean is, and each difference from its baseline.</param>
/// <param name="ReplayedDays">The days that do not count, because a model had learnt from them.</param>
/// <param name="LearntThrough">The last day from which a model had learnt; null where the model of the direction does not say: then every day is
/// replayed.</param>
/// <param name="ModelVersion">The version of the model that predicts the direction.</param>
/// <param name="DataSource">Where the bars came from: <c>postgres</c>, <c>csv</c> or <c>synthetic</c> (invented).</param>
/// <param name="Warnings">What to know about the numbers, such as days that are left out; sentences without a full stop.</param>
/// <param name="Daily">Every day that has an answer and an outcome, ascending.</param>
public sealed record BacktestAnswer(
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("timeframe")] string Timeframe,
    [property: JsonPropertyName("from")] DateOnly From,
    [property: JsonPropertyName("to")] DateOnly To,
    [property: JsonPropertyName("days")] int Days,
    [property: JsonPropertyName("effective_days"), JsonConverter(typeof(PlainNumberConverter))] double EffectiveDays,
    [property: JsonPropertyName("hit_rate"), JsonConverter(typeof(PlainNumberConverter))] double? HitRate,
    [property: JsonPropertyName("base_rate_hit_rate"), JsonConverter(typeof(PlainNumberConverter))] double? BaseRateHitRate,
    [property: JsonPropertyName("brier"), JsonConverter(typeof(PlainNumberConverter))] double? Brier,
    [property: JsonPropertyName("base_rate_brier"), JsonConverter(typeof(PlainNumberConverter))] double? BaseRateBrier,
    [property: JsonPropertyName("interval_coverage"), JsonConverter(typeof(PlainNumberConverter))] double? IntervalCoverage,
    [property: JsonPropertyName("interval_score"), JsonConverter(typeof(PlainNumberConverter))] double? IntervalScore,
    [property: JsonPropertyName("ewma_interval_score"), JsonConverter(typeof(PlainNumberConverter))] double? EwmaIntervalScore,
    [property: JsonPropertyName("volatility_qlike"), JsonConverter(typeof(PlainNumberConverter))] double? VolatilityQlike,
    [property: JsonPropertyName("ewma_qlike"), JsonConverter(typeof(PlainNumberConverter))] double? EwmaQlike,
    [property: JsonPropertyName("uncertainty")] BacktestUncertainty Uncertainty,
    [property: JsonPropertyName("replayed_days")] int ReplayedDays,
    [property: JsonPropertyName("learnt_through")] DateOnly? LearntThrough,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    [property: JsonPropertyName("data_source")] string DataSource,
    [property: JsonPropertyName("warnings")] IReadOnlyList<string> Warnings,
    [property: JsonPropertyName("daily")] IReadOnlyList<BacktestedDay> Daily);

/// <summary>
/// Where the true means lie with a probability of 90 %: a block bootstrap over days, in blocks of two horizons. A value is null where there are at most two
/// blocks of days. The last four are differences from the baseline, day by day: above 0 the answers were better, and where the low end is above 0, that is
/// hardly chance.
/// </summary>
/// <param name="HitRate">Of <see cref="BacktestAnswer.HitRate"/>.</param>
/// <param name="BaseRateHitRate">Of <see cref="BacktestAnswer.BaseRateHitRate"/>.</param>
/// <param name="Brier">Of <see cref="BacktestAnswer.Brier"/>.</param>
/// <param name="BaseRateBrier">Of <see cref="BacktestAnswer.BaseRateBrier"/>.</param>
/// <param name="IntervalCoverage">Of <see cref="BacktestAnswer.IntervalCoverage"/>.</param>
/// <param name="IntervalScore">Of <see cref="BacktestAnswer.IntervalScore"/>.</param>
/// <param name="EwmaIntervalScore">Of <see cref="BacktestAnswer.EwmaIntervalScore"/>.</param>
/// <param name="VolatilityQlike">Of <see cref="BacktestAnswer.VolatilityQlike"/>.</param>
/// <param name="EwmaQlike">Of <see cref="BacktestAnswer.EwmaQlike"/>.</param>
/// <param name="HitGain">Of the hit rate minus the base rate's.</param>
/// <param name="BrierGain">Of the base rate's Brier score minus the answers'.</param>
/// <param name="IntervalGain">Of EWMA's interval score minus the answers'.</param>
/// <param name="QlikeGain">Of EWMA's QLIKE minus the answers'.</param>
public sealed record BacktestUncertainty(
    [property: JsonPropertyName("hit_rate")] LikelyRange? HitRate,
    [property: JsonPropertyName("base_rate_hit_rate")] LikelyRange? BaseRateHitRate,
    [property: JsonPropertyName("brier")] LikelyRange? Brier,
    [property: JsonPropertyName("base_rate_brier")] LikelyRange? BaseRateBrier,
    [property: JsonPropertyName("interval_coverage")] LikelyRange? IntervalCoverage,
    [property: JsonPropertyName("interval_score")] LikelyRange? IntervalScore,
    [property: JsonPropertyName("ewma_interval_score")] LikelyRange? EwmaIntervalScore,
    [property: JsonPropertyName("volatility_qlike")] LikelyRange? VolatilityQlike,
    [property: JsonPropertyName("ewma_qlike")] LikelyRange? EwmaQlike,
    [property: JsonPropertyName("hit_gain")] LikelyRange? HitGain,
    [property: JsonPropertyName("brier_gain")] LikelyRange? BrierGain,
    [property: JsonPropertyName("interval_gain")] LikelyRange? IntervalGain,
    [property: JsonPropertyName("qlike_gain")] LikelyRange? QlikeGain);

/// <summary>Where a value lies with a probability of 90 %.</summary>
/// <param name="Low">The lower end, 4 decimals.</param>
/// <param name="High">The upper end, 4 decimals.</param>
public sealed record LikelyRange(
    [property: JsonPropertyName("low"), JsonConverter(typeof(PlainNumberConverter))] double Low,
    [property: JsonPropertyName("high"), JsonConverter(typeof(PlainNumberConverter))] double High);

/// <summary>What would have been answered on a day, and the outcome.</summary>
/// <param name="Day">The UTC day of the last bar used.</param>
/// <param name="Close">Its close, in USD.</param>
/// <param name="TargetDate">The UTC day whose close decides the outcome.</param>
/// <param name="ActualClose">Its close, in USD.</param>
/// <param name="Direction">The predicted direction: <c>bearish</c>, <c>neutral</c> or <c>bullish</c>.</param>
/// <param name="ActualDirection">The actual one: a change below -2 % is bearish, above +2 % bullish, else neutral.</param>
/// <param name="Probabilities">The predicted probabilities.</param>
/// <param name="Interval">The predicted interval; null where it was too wide to be useful.</param>
/// <param name="ExpectedVolatility">The predicted standard deviation of the log return over the horizon, a fraction, 6 decimals.</param>
/// <param name="RealisedVolatility">The root of the sum of the squared daily log returns of the horizon, 6 decimals.</param>
/// <param name="Hit">Whether the predicted direction was the actual one.</param>
/// <param name="Inside">Whether the actual close was inside the interval; null where there is none.</param>
/// <param name="Replayed">Whether a model had learnt from the day, which therefore does not count.</param>
public sealed record BacktestedDay(
    [property: JsonPropertyName("day")] DateOnly Day,
    [property: JsonPropertyName("close"), JsonConverter(typeof(PriceConverter))] double Close,
    [property: JsonPropertyName("target_date")] DateOnly TargetDate,
    [property: JsonPropertyName("actual_close"), JsonConverter(typeof(PriceConverter))] double ActualClose,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("actual_direction")] string ActualDirection,
    [property: JsonPropertyName("probabilities")] ClassProbabilities Probabilities,
    [property: JsonPropertyName("interval")] PriceInterval? Interval,
    [property: JsonPropertyName("expected_volatility"), JsonConverter(typeof(PlainNumberConverter))] double ExpectedVolatility,
    [property: JsonPropertyName("realised_volatility"), JsonConverter(typeof(PlainNumberConverter))] double RealisedVolatility,
    [property: JsonPropertyName("hit")] bool Hit,
    [property: JsonPropertyName("inside")] bool? Inside,
    [property: JsonPropertyName("replayed")] bool Replayed)
{
    /// <summary>Whether the most frequent direction of the past, as known on the day, was the actual one; null from older workers.</summary>
    [JsonPropertyName("base_rate_hit")]
    public bool? BaseRateHit { get; init; }
}
