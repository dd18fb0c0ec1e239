using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Answers;

public sealed class DailyVolatilityTests
{
    [Theory]
    [MemberData(nameof(Golden.Each), MemberType = typeof(Golden))]
    public void GoldenPrices_GiveTheGoldenVolatility(string name)
    {
        var expected = Golden.Expected(name).GetProperty("daily_volatility_120d").GetDouble();

        Assert.Equal(expected, DailyVolatility.Of(Golden.Prices(name)), 1e-12 * expected);
    }

    [Fact]
    public void ClosesBeforeTheLast120_ChangeNothing()
    {
        var bars = BarBuilder.Walk(150);

        Assert.Equal(DailyVolatility.Of(new BarSeries("TEST", bars.AsMemory(30))), DailyVolatility.Of(new BarSeries("TEST", bars)));
        Assert.NotEqual(DailyVolatility.Of(new BarSeries("TEST", bars.AsMemory(31))), DailyVolatility.Of(new BarSeries("TEST", bars)));
    }

    [Fact]
    public void FewCloses_AreAllUsed()
    {
        // Changes of 10 % and -10 %: each 0.1 from their mean of 0, over one degree of freedom.
        Assert.Equal(Math.Sqrt(0.02), DailyVolatility.Of(BarBuilder.Series(100, 110, 99)), 1e-15);
        Assert.Equal(0, DailyVolatility.Of(BarBuilder.Series(100, 110)));
        Assert.Equal(0, DailyVolatility.Of(BarBuilder.Series()));
    }
}
