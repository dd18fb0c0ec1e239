using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Risk;

public sealed class CommonDaysTests
{
    [Fact]
    public void ThreeReturns_AreWeightedByHand()
    {
        // Up to 33 returns the weights are equal: the products are 0.0002, -0.0001 and 0.0003, the squares 0.0001 x 3 and 0.0004, 0.0001, 0.0009.
        var first = Series("A", 0.01, -0.01, 0.01);
        var second = Series("B", 0.02, 0.01, 0.03);
        var days = new CommonDays([first, second], first.Bars.Span[^1].Day);

        Assert.Equal(3, days.Count);
        Assert.Equal(0.0004 / Math.Sqrt(0.0003 * 0.0014), days.Correlations()[0, 1], 1e-12);
        Assert.Equal(1, days.Correlations()[1, 1]);
    }

    [Fact]
    public void OldReturns_FadeByTheDecay()
    {
        // 100 days together, then 100 against each other.
        double[] moves = [.. Enumerable.Range(0, 200).Select(i => i % 2 == 0 ? 0.01 : -0.01)];
        var (first, second) = (Series("A", moves), Series("B", [.. moves.Select((move, i) => i < 100 ? move : -move)]));

        var correlation = new CommonDays([first, second], first.Bars.Span[^1].Day).Correlations()[0, 1];

        Assert.Equal((2 * Math.Pow(Ewma.Decay, 100)) - 1, correlation, 1e-9);
    }

    [Fact]
    public void DayThatOneLacks_IsLeftOutForAll_WithTheDayAfterIt()
    {
        var first = new BarSeries("A", BarBuilder.Walk(200));
        var second = new BarSeries("B", BarBuilder.Walk(200, seed: 2).Where((_, i) => i != 150).ToArray());

        var days = new CommonDays([first, second], BarBuilder.FirstDay.AddDays(199));

        Assert.Equal(197, days.Count);
        Assert.Contains(BarBuilder.FirstDay.AddDays(150), days.Missing[1]);
        Assert.DoesNotContain(BarBuilder.FirstDay.AddDays(150), days.Missing[0]);
        Assert.Equal((166, 167), (days.Missing[0].Count, days.Missing[1].Count));
    }

    [Theory]
    [InlineData(420, 365)]
    [InlineData(366, 365)]
    [InlineData(365, 364)]
    [InlineData(2, 1)]
    [InlineData(1, 0)]
    public void Year_IsTheMost(int bars, int expected)
    {
        var series = BarBuilder.WalkSeries(bars);

        Assert.Equal(expected, new CommonDays([series], series.Bars.Span[^1].Day).Count);
    }

    [Fact]
    public void HistoriesWithoutACommonDay_HaveNone()
    {
        var bars = BarBuilder.Walk(300);

        var days = new CommonDays([new("A", bars.AsMemory(0, 150)), new("B", bars.AsMemory(150))], bars[^1].Day);

        Assert.Equal(0, days.Count);
        Assert.Equal(0, days.Correlations()[0, 1]);
    }

    [Fact]
    public void OneBadBar_MovesACorrelationLittle()
    {
        var (first, second) = (BarBuilder.Walk(400), BarBuilder.Walk(400));
        second = [.. second.Select((bar, i) => i == 390 ? bar with { Close = 5 * bar.Close, High = 5 * bar.Close } : bar)];

        var correlation = new CommonDays([new("A", first), new("B", second)], first[^1].Day).Correlations()[0, 1];

        Assert.InRange(correlation, 0.5, 1);
    }

    [Fact]
    public void BarsAfterTheDay_ChangeNothing()
    {
        var last = BarBuilder.FirstDay.AddDays(379);
        var scrambled = BarBuilder.Walk(420, seed: 2).Select((bar, i) => i < 380 ? bar : bar with { Close = bar.Close * (1 + (i % 7)) }).ToArray();

        var known = new CommonDays([new("A", BarBuilder.Walk(420)), new("B", BarBuilder.Walk(420, seed: 2))], last);
        var other = new CommonDays([new("A", BarBuilder.Walk(420)), new("B", scrambled)], last);

        Assert.Equal(known.Correlations(), other.Correlations());
        Assert.Equal(known.Count, other.Count);
    }

    private static BarSeries Series(string symbol, params double[] moves)
    {
        var close = 100.0;
        return BarBuilder.Series([100, .. moves.Select(move => close *= Math.Exp(move))]) with { Symbol = symbol };
    }
}
