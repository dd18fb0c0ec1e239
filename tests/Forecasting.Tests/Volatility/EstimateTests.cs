using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Volatility;

public sealed class EstimateTests
{
    [Fact]
    public void Ewma_IsTheMeanAtFirst_AndDecaysLater()
    {
        var walk = BarBuilder.WalkSeries(60);
        var variances = Ewma.Variances(walk);

        Assert.Equal(0, variances[0]);
        Assert.Equal(Realised.Variance(walk.Bars.Span[..11]) / 10, variances[10], 1e-15);
        var last = Math.Log(walk.Bars.Span[59].Close / walk.Bars.Span[58].Close);
        Assert.Equal((0.97 * variances[58]) + (0.03 * last * last), variances[59], 1e-15);
    }

    [Fact]
    public void Realised_IsTheSumOfSquares_AndTheLargestFall()
    {
        var bars = BarBuilder.Series(100, 110, 99, 104.5, 88, 120).Bars.Span;

        Assert.Equal(Sum(1.1, 0.9, 104.5 / 99, 88 / 104.5, 120.0 / 88), Realised.Variance(bars), 1e-15);
        Assert.Equal(Math.Log(110.0 / 88), Realised.Drawdown(bars), 1e-15);
        Assert.Equal(0, Realised.Drawdown(BarBuilder.Series(1, 2, 3).Bars.Span));
        Assert.Equal(0, Realised.Variance(bars[..1]));
    }

    [Fact]
    public void IntervalScore_IsTheWidthAndTwentyTimesTheMiss()
    {
        Assert.Equal(0.2, RangeScores.Interval(100, 90, 110, 95), 1e-12);
        Assert.Equal(0.2 + (20 * 0.05), RangeScores.Interval(100, 90, 110, 115), 1e-12);
        Assert.Equal(0.2 + (20 * 0.1), RangeScores.Interval(100, 90, 110, 80), 1e-12);
    }

    [Fact]
    public void DistributionScore_IsTwiceTheMeanQuantileLoss()
    {
        // All quantiles at 100 and a close at 110: 2 * 0.1 * mean of the levels, 0.5.
        Assert.Equal(0.1, RangeScores.Distribution(100, [100, 100, 100, 100, 100, 100, 100], 110), 1e-12);
        Assert.Equal(0, RangeScores.Distribution(100, [110, 110, 110, 110, 110, 110, 110], 110), 1e-12);
    }

    [Fact]
    public void Qlike_IsZeroWhereEqual_AndAboveElsewhere()
    {
        Assert.Equal(0, RangeScores.Variance(0.01, 0.01)!.Value, 1e-15);
        Assert.Equal(1 - Math.Log(2), RangeScores.Variance(0.01, 0.02)!.Value, 1e-15);
        Assert.True(RangeScores.Variance(0.01, 0.005) > 0);
        Assert.Null(RangeScores.Variance(0.01, 0));
    }

    [Fact]
    public void RangeDays_AreOfTheirOwnDay()
    {
        var walk = BarBuilder.WalkSeries(600);
        var day = BarBuilder.FirstDay.AddDays(500);
        var scrambled = walk with
        {
            Bars = walk.Bars.ToArray().Select(bar => bar.Day > day ? bar with { Close = bar.Close * 1.5, High = bar.High * 2 } : bar).ToArray(),
        };

        var one = Assert.Single(RangeDay.Of(VolatilityModel.Default, walk, 14, day, day));
        var other = Assert.Single(RangeDay.Of(VolatilityModel.Default, scrambled, 14, day, day));

        Assert.Equal(one.Forecast, other.Forecast);
        Assert.Equal(one.Prices, other.Prices);
        Assert.NotEqual(one.Later, other.Later);
        Assert.Equal(walk.Bars.Span[514].Close, one.Later);
        Assert.Empty(RangeDay.Of(VolatilityModel.Default, walk, 14, BarBuilder.FirstDay.AddDays(586), DateOnly.MaxValue));
    }

    private static double Sum(params double[] ratios) => ratios.Sum(ratio => Math.Log(ratio) * Math.Log(ratio));
}
