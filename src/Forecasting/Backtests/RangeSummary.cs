using Coinsphere.Messaging.Forecasting.Accuracy;

namespace Coinsphere.Messaging.Forecasting.Backtests;

/// <summary>How good the ranges and volatilities of several days were, of one symbol or of several together, beside those of EWMA.</summary>
/// <param name="Days">The number of days, of all symbols.</param>
/// <param name="Coverage">The share of closes inside the 90 % range, of days that have one.</param>
/// <param name="IntervalScore">See <see cref="RangeScores.Interval"/>.</param>
/// <param name="EwmaIntervalScore">The same of <see cref="RangeDay.EwmaRange"/>, over the same days.</param>
/// <param name="Qlike">See <see cref="RangeScores.Variance"/>.</param>
/// <param name="EwmaQlike">The same of <see cref="RangeDay.EwmaVariance"/>, over the same days.</param>
/// <param name="IntervalGain">By how much the interval score is lower than EWMA's, day by day.</param>
/// <param name="QlikeGain">By how much QLIKE is lower than EWMA's, day by day.</param>
public sealed record RangeSummary(
    int Days, DailyMean? Coverage, DailyMean? IntervalScore, DailyMean? EwmaIntervalScore, DailyMean? Qlike, DailyMean? EwmaQlike, DailyMean? IntervalGain,
    DailyMean? QlikeGain)
{
    /// <summary>Sums days up.</summary>
    /// <param name="days">Of one symbol or several, in any order.</param>
    /// <param name="horizon">The horizon of all of them.</param>
    public static RangeSummary Of(IReadOnlyCollection<RangeDay> days, int horizon)
    {
        return new(
            days.Count,
            Mean(day => day.IsInside is { } isInside ? isInside ? 1 : 0 : null)?.Within(0, 1),
            Mean(IntervalOf)?.Within(0, double.MaxValue),
            Mean(EwmaIntervalOf)?.Within(0, double.MaxValue),
            Mean(QlikeOf)?.Within(0, double.MaxValue),
            Mean(EwmaQlikeOf)?.Within(0, double.MaxValue),
            Mean(day => EwmaIntervalOf(day) - IntervalOf(day)),
            Mean(day => EwmaQlikeOf(day) - QlikeOf(day)));

        DailyMean? Mean(Func<RangeDay, double?> value) => DailyMean.Of(days, day => day.Day, value, horizon);
    }

    private static double? IntervalOf(RangeDay day) =>
        day.Prices is { } prices ? RangeScores.Interval(day.Close, prices[0], prices[^1], day.Later) : null;

    private static double? EwmaIntervalOf(RangeDay day) =>
        day.Prices is null ? null : RangeScores.Interval(day.Close, day.EwmaRange.Low, day.EwmaRange.High, day.Later);

    private static double? QlikeOf(RangeDay day) => RangeScores.Variance(day.Variance, day.RealisedVariance);

    private static double? EwmaQlikeOf(RangeDay day) => RangeScores.Variance(day.EwmaVariance, day.RealisedVariance);
}
