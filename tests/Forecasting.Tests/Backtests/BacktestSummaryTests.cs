using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Backtests;

/// <summary>Scores of days made by hand.</summary>
public class BacktestSummaryTests
{
    private const int Horizon = 7;

    private static readonly VolatilityForecast Forecast = new(Horizon, 0.1, 1, VolatilityModel.Default.Horizons[Horizon].Moves);

    [Fact]
    public void Means_AreThoseOfTheDaysThatCount()
    {
        var summary = BacktestSummary.Of([Day(0, 110, isHit: true), Day(1, 130, isHit: false), Day(2, 95, isHit: false, isReplayed: true)], Horizon);

        Assert.Equal((2, 2.0 / 7), (summary.Days, summary.EffectiveDays));
        Assert.Equal((0.5, 0.5, 0.0), (summary.HitRate!.Value, summary.BaseRateHitRate!.Value, summary.HitGain!.Value));
        // 0.5^2 + 0.3^2 + 0.2^2 and 0.5^2 + 0.3^2 + 0.8^2; the base rate's are the other way round.
        Assert.Equal((0.38 + 0.98) / 2, summary.Brier!.Value, 1e-12);
        Assert.Equal((0.38 + 0.98) / 2, summary.BaseRateBrier!.Value, 1e-12);
        Assert.Equal(0, summary.BrierGain!.Value, 1e-12);
        // 80 to 120 at a price of 100: the second close is 10 beyond.
        Assert.Equal(0.5, summary.Ranges.Coverage!.Value);
        Assert.Equal(((0.4) + (0.4 + (20 * 0.1))) / 2, summary.Ranges.IntervalScore!.Value, 1e-9);
        // Actual over expected variance is 4: 4 - ln 4 - 1; over EWMA's, 1: 0.
        Assert.Equal(3 - Math.Log(4), summary.Ranges.Qlike!.Value, 1e-9);
        Assert.Equal(0, summary.Ranges.EwmaQlike!.Value, 1e-9);
        Assert.Equal(-summary.Ranges.Qlike.Value, summary.Ranges.QlikeGain!.Value, 1e-9);
        Assert.Equal(
            summary.Ranges.EwmaIntervalScore!.Value - summary.Ranges.IntervalScore.Value, summary.Ranges.IntervalGain!.Value, 1e-9);
    }

    [Fact]
    public void NoDayThatCounts_HasNoMeans()
    {
        var summary = BacktestSummary.Of([Day(0, 110, isHit: true, isReplayed: true)], Horizon);

        Assert.Equal((0, 0.0), (summary.Days, summary.EffectiveDays));
        Assert.Null(summary.HitRate);
        Assert.Null(summary.Brier);
        Assert.Null(summary.Ranges.Coverage);
        Assert.Null(summary.Ranges.Qlike);
    }

    [Fact]
    public void DayWithoutARange_CountsForTheRest()
    {
        var day = Day(0, 110, isHit: true);
        var summary = BacktestSummary.Of([day with { Range = day.Range with { Prices = null } }, Day(1, 110, isHit: true)], Horizon);

        Assert.Equal((2, 1, 1), (summary.Days, summary.HitRate!.Value, summary.Ranges.Coverage!.Value));
        Assert.Equal(0.4, summary.Ranges.IntervalScore!.Value, 1e-9);
    }

    [Fact]
    public void Bounds_NeedMoreThanTwoBlocks_AndContainTheMean()
    {
        // Hits and misses in runs, as horizons that overlap make them.
        List<BacktestDay> days = [.. Enumerable.Range(0, 200).Select(i => Day(i, 110, isHit: i / 10 % 2 == 0))];

        Assert.Null(BacktestSummary.Of(days.Take(28), Horizon).HitRate!.Bounds);
        var (low, high) = BacktestSummary.Of(days, Horizon).HitRate!.Bounds!.Value;
        Assert.InRange(0.5, low, high);
        Assert.InRange(high - low, 0.05, 0.5);
    }

    [Fact]
    public void Bounds_StayWhereSuchMeansAre()
    {
        List<BacktestDay> days = [.. Enumerable.Range(0, 60).Select(i => Day(i, i == 30 ? 130 : 110, isHit: true))];

        var summary = BacktestSummary.Of(days, Horizon);

        Assert.InRange(summary.Ranges.Coverage!.Bounds!.Value.High, 0.99, 1);
        Assert.True(summary.Ranges.EwmaQlike!.Bounds!.Value.Low >= 0);
    }

    [Fact]
    public void SymbolsOfADay_AreTakenTogether()
    {
        List<RangeDay> one = [.. Enumerable.Range(0, 100).Select(i => Day(i, i / 10 % 2 == 0 ? 110 : 130, isHit: true).Range)];

        var single = RangeSummary.Of(one, Horizon);
        var twice = RangeSummary.Of([.. one, .. one], Horizon);

        // The same symbol a second time is no further evidence.
        Assert.Equal((200, single.Coverage), (twice.Days, twice.Coverage));
    }

    // At a price of 100, expected from 80 to 120. A hit is bearish, the base rate bullish.
    private static BacktestDay Day(int index, double later, bool isHit, bool isReplayed = false) => new(
        new RangeDay(new DateOnly(2024, 1, 1).AddDays(index), 100, later, 0.04, Forecast, [80, 85, 92, 100, 108, 115, 120], 0.04),
        isHit ? Direction.Bearish : Direction.Bullish,
        Outlook.Of([0.5, 0.3, 0.2]),
        [0.2, 0.3, 0.5],
        isReplayed);
}
