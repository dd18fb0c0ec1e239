using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Bars;

public sealed class SeriesRulesTests
{
    [Theory]
    [InlineData(1, 10, false)]
    [InlineData(1, 10.01, true)]
    [InlineData(10, 1, false)]
    [InlineData(10.01, 1, true)]
    [InlineData(92.013713, 0.094112331, true)]
    public void CloseOverTenTimesTheOneBefore_OrUnderATenth_IsAJump(double before, double close, bool expected)
    {
        var jump = SeriesRules.FirstJump(BarBuilder.Series(before, before, close, close), _ => false);

        Assert.Equal(expected ? new PriceJump(BarBuilder.FirstDay.AddDays(2), close / before) : null, jump);
    }

    [Fact]
    public void AcceptedJump_IsPassedOver()
    {
        var series = BarBuilder.Series(1, 100, 100, 1);

        Assert.Equal(BarBuilder.FirstDay.AddDays(3), SeriesRules.FirstJump(series, day => day == BarBuilder.FirstDay.AddDays(1))?.Day);
        Assert.Null(SeriesRules.FirstJump(series, _ => true));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(50, true)]
    public void ThreeBarsWithoutTradeAtTheEnd_AreAStandstill(int bars, bool expected)
    {
        var series = Standing(10, bars);

        Assert.Equal(
            expected ? new Standstill(BarBuilder.FirstDay.AddDays(9), BarBuilder.FirstDay.AddDays(10), bars) : null, SeriesRules.Standstill(series));
    }

    [Fact]
    public void SeriesThatNeverTraded_HasNoLastTrade() => Assert.Equal(new Standstill(null, BarBuilder.FirstDay, 5), SeriesRules.Standstill(Standing(0, 5)));

    [Fact]
    public void TradeAfterwards_EndsAStandstill()
    {
        Bar[] bars = [.. Standing(10, 5).Bars.ToArray(), new(BarBuilder.FirstDay.AddDays(15), 7, 7, 7, 7, 1)];

        Assert.Null(SeriesRules.Standstill(new("TEST", bars)));
    }

    [Fact]
    public void PriceThatIsTraded_OrMoves_IsNoStandstill()
    {
        var pegged = BarBuilder.Series(1, 1, 1, 1, 1);
        var moving = pegged with { Bars = pegged.Bars.ToArray().Select((bar, i) => new Bar(bar.Day, 1 + i, 1 + i, 1 + i, 1 + i, 0)).ToArray() };
        var swinging = pegged with { Bars = pegged.Bars.ToArray().Select(bar => bar with { High = 1.1, Volume = 0 }).ToArray() };

        Assert.All([pegged, moving, swinging, pegged with { Bars = default }], series => Assert.Null(SeriesRules.Standstill(series)));
    }

    // Bars that are traded, then so many that are not.
    private static BarSeries Standing(int traded, int still) => new("TEST", (Bar[])
    [
        .. BarBuilder.Walk(traded),
        .. Enumerable.Range(traded, still).Select(i => new Bar(BarBuilder.FirstDay.AddDays(i), 7, 7, 7, 7, 0)),
    ]);
}
