namespace Coinsphere.Messaging.Forecasting.Backtests;

/// <summary>How good the answers of a backtest were. Replayed days do not count. Where no day counts, every mean is null.</summary>
/// <param name="Days">The days that count.</param>
/// <param name="EffectiveDays">The days that count over the horizon: neighbouring days share most of it, so there is as much evidence as in so many
/// separate ones.</param>
/// <param name="HitRate">The share of predicted directions that were right.</param>
/// <param name="BaseRateHitRate">The share that the most frequent direction of the past, as known on each day, would have had.</param>
/// <param name="HitGain">By how much the first is higher than the second, day by day.</param>
/// <param name="Brier">The mean squared error of the probabilities over the three directions, 0..2.</param>
/// <param name="BaseRateBrier">The same of the frequencies of the past.</param>
/// <param name="BrierGain">By how much the first is lower than the second, day by day.</param>
/// <param name="Ranges">The ranges and the volatility.</param>
public sealed record BacktestSummary(
    int Days, double EffectiveDays, DailyMean? HitRate, DailyMean? BaseRateHitRate, DailyMean? HitGain, DailyMean? Brier, DailyMean? BaseRateBrier,
    DailyMean? BrierGain, RangeSummary Ranges)
{
    /// <summary>Sums days up.</summary>
    /// <param name="days">The days of one symbol.</param>
    /// <param name="horizon">Their horizon.</param>
    public static BacktestSummary Of(IEnumerable<BacktestDay> days, int horizon)
    {
        var counted = days.Where(day => !day.IsReplayed).ToList();
        return new(
            counted.Count,
            (double)counted.Count / horizon,
            Mean(day => One(day.IsHit))?.Within(0, 1),
            Mean(day => One(day.IsBaseRateHit))?.Within(0, 1),
            Mean(day => One(day.IsHit) - One(day.IsBaseRateHit)),
            Mean(day => day.Brier)?.Within(0, 2),
            Mean(day => day.BaseRateBrier)?.Within(0, 2),
            Mean(day => day.BaseRateBrier - day.Brier),
            RangeSummary.Of(counted.ConvertAll(day => day.Range), horizon));

        DailyMean? Mean(Func<BacktestDay, double> value) => DailyMean.Of(counted, day => day.Range.Day, day => value(day), horizon);
    }

    private static double One(bool isTrue) => isTrue ? 1 : 0;
}
