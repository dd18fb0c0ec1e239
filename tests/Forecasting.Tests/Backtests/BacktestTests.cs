using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Backtests;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Backtests;

public class BacktestTests
{
    private const int Horizon = 7;

    // The built-in model had learnt from earlier days only.
    private static readonly DateOnly From = BarBuilder.FirstDay.AddDays(200);
    private static readonly DateOnly To = BarBuilder.FirstDay.AddDays(299);

    [Fact]
    public void Days_AreThoseWithAnAnswerAndAnOutcome()
    {
        var series = BarBuilder.WalkSeries(304);
        var bars = series.Bars.Span;

        var days = Run(series, outlookOf: day => day == From.AddDays(1) ? null : Outlook.Of([0.2, 0.3, 0.5]));

        // 304 bars: the horizon of the days from 297 on has not ended; one has no outlook.
        Assert.Equal(96, days.Count);
        Assert.Equal((From, From.AddDays(2)), (days[0].Range.Day, days[1].Range.Day));
        Assert.Equal(BarBuilder.FirstDay.AddDays(296), days[^1].Range.Day);
        Assert.Equal((bars[200].Close, bars[207].Close), (days[0].Range.Close, days[0].Range.Later));
        var change = (bars[207].Close / bars[200].Close) - 1;
        Assert.Equal(change < -0.02 ? Direction.Bearish : change > 0.02 ? Direction.Bullish : Direction.Neutral, days[0].Actual);
    }

    [Fact]
    public void DaysWhoseHorizonHasAGap_AreLeftOut()
    {
        var bars = BarBuilder.Walk(304);
        var days = Run(new BarSeries("TEST", bars.Where(bar => bar.Day != From.AddDays(50)).ToArray()));

        Assert.DoesNotContain(days, day => day.Range.Day > From.AddDays(50 - Horizon - 1) && day.Range.Day <= From.AddDays(50));
        Assert.Contains(days, day => day.Range.Day == From.AddDays(51));
    }

    [Fact]
    public void FutureOfADay_ChangesItsOutcomeOnly()
    {
        var bars = BarBuilder.Walk(304);
        var cut = From.AddDays(40);
        // Another walk goes on where this one is cut.
        var scrambled = bars.ToArray();
        var other = BarBuilder.Walk(304, seed: 9);
        for (var i = 241; i < scrambled.Length; i++)
        {
            var factor = scrambled[i - 1].Close / other[i - 1].Close;
            var bar = other[i];
            scrambled[i] = bar with { Open = bar.Open * factor, High = bar.High * factor, Low = bar.Low * factor, Close = bar.Close * factor };
        }

        var before = Run(new BarSeries("TEST", bars));
        var after = Run(new BarSeries("TEST", scrambled));

        var differing = 0;
        foreach (var (one, two) in before.Zip(after).Where(pair => pair.First.Range.Day <= cut))
        {
            Assert.Equal(one.Range.Day, two.Range.Day);
            Assert.Equal(one.Range.Close, two.Range.Close);
            Assert.Equal(one.Range.Forecast, two.Range.Forecast);
            Assert.Equal(one.Range.Prices, two.Range.Prices);
            Assert.Equal(one.Range.EwmaVariance, two.Range.EwmaVariance);
            Assert.Equal(one.BaseRate, two.BaseRate);
            differing += one.Range.Later == two.Range.Later ? 0 : 1;
        }

        Assert.Equal(Horizon, differing);
        Assert.NotEqual(before[^1].Range.Forecast, after[^1].Range.Forecast);
    }

    [Fact]
    public void BaseRate_IsOfHorizonsThatHaveEnded()
    {
        // The price rises by 10 % a week, until it falls.
        var closes = Enumerable.Range(0, 304).Select(i => i < 250 ? 100 * Math.Pow(1.014, i) : 100 * Math.Pow(1.014, 500 - i)).ToArray();

        var days = Run(BarBuilder.Series(closes));

        var known = days.Single(day => day.Range.Day == BarBuilder.FirstDay.AddDays(250)).BaseRate;
        // 244 horizons have ended by day 250, all up; each class is counted once more.
        Assert.Equal([1 / 247.0, 1 / 247.0, 245 / 247.0], known);
        Assert.Equal(Direction.Bearish, days[^1].Actual);
        Assert.False(days[^1].IsBaseRateHit);
    }

    [Theory]
    [InlineData(0.7, 0.2, 0.1, 1.34)]
    [InlineData(0.1, 0.2, 0.7, 0.14)]
    [InlineData(0, 0, 1, 0)]
    public void Brier_IsTheSquaredErrorOverTheThreeDirections(double bearish, double neutral, double bullish, double expected)
    {
        var rising = BarBuilder.Series([.. Enumerable.Range(0, 304).Select(i => 100 * Math.Pow(1.014, i))]);

        var day = Run(rising, outlookOf: _ => Outlook.Of([bearish, neutral, bullish]))[0];

        Assert.Equal(Direction.Bullish, day.Actual);
        Assert.Equal(expected, day.Brier, 1e-12);
        Assert.Equal(bullish > bearish, day.IsHit);
    }

    [Fact]
    public void DaysThatAModelHadLearntFrom_AreReplayed()
    {
        var moves = VolatilityModel.Default with { FittedThrough = From.AddDays(9) };

        var byMoves = Run(BarBuilder.WalkSeries(304), volatility: moves);
        var byBoth = Run(BarBuilder.WalkSeries(304), volatility: moves, isKnown: day => day <= From.AddDays(19));

        Assert.Equal(10, byMoves.Count(day => day.IsReplayed));
        Assert.Equal(20, byBoth.Count(day => day.IsReplayed));
        Assert.Equal(byMoves.Count - 20, BacktestSummary.Of(byBoth, Horizon).Days);
    }

    private static List<BacktestDay> Run(
        BarSeries series, VolatilityModel? volatility = null, Func<DateOnly, Outlook?>? outlookOf = null, Func<DateOnly, bool>? isKnown = null) =>
        [.. Backtest.Of(
            volatility ?? VolatilityModel.Default, series, Horizon, From, To, outlookOf ?? (_ => Outlook.Of([0.2, 0.3, 0.5])), isKnown ?? (_ => false))];
}
