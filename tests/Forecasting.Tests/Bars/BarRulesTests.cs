using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Bars;

public sealed class BarRulesTests
{
    private static readonly Bar Good = new(new DateOnly(2024, 1, 1), 10, 12, 9, 11, 500) { MarketCap = 1e6 };

    [Fact]
    public void WholeBar_HasNoFault() => Assert.Null(BarRules.Check(Good));

    [Fact]
    public void HighEqualToLowZeroVolumeAndUnknownMarketCap_HaveNoFault() =>
        Assert.Null(BarRules.Check(new Bar(Good.Day, 10, 10, 10, 10, 0)));

    [Theory]
    [InlineData("open")]
    [InlineData("high")]
    [InlineData("low")]
    [InlineData("close")]
    public void PriceThatIsNoPositiveNumberOrBeyondAnyMarket_IsTheFault(string column)
    {
        foreach (var value in new[] { 0, -1, 1e-16, 1e16, double.NaN, double.PositiveInfinity })
        {
            var fault = BarRules.Check(With(column, value));

            Assert.Equal(new BarFault(column, "a positive number (1e-15 to 1e15)", value), fault);
        }
    }

    [Theory]
    [InlineData("volume")]
    [InlineData("market_cap")]
    public void AmountBelowZeroOrBeyondAnyMarket_IsTheFault(string column)
    {
        foreach (var value in new[] { -1, 1e31, double.NaN, double.PositiveInfinity })
        {
            var fault = BarRules.Check(With(column, value));

            Assert.Equal(new BarFault(column, "a number of at least 0 (up to 1e30)", value), fault);
        }
    }

    [Fact]
    public void HighBelowLow_NamesBoth()
    {
        var fault = BarRules.Check(Good with { High = 8.5 });

        Assert.Equal(new BarFault("high", "at least the low of 9", 8.5), fault);
    }

    [Theory]
    [InlineData(10, 9.9, 9, 9.5, "high", "at least the open of 10", 9.9)]
    [InlineData(10, 12, 9, 12.1, "high", "at least the close of 12.1", 12)]
    [InlineData(9.5, 12, 9.6, 11, "low", "at most the open of 9.5", 9.6)]
    [InlineData(10, 12, 9.6, 9.5, "low", "at most the close of 9.5", 9.6)]
    public void BarThatContradictsItself_NamesBothColumns(double open, double high, double low, double close, string column, string expected, double actual) =>
        Assert.Equal(new BarFault(column, expected, actual), BarRules.Check(new Bar(Good.Day, open, high, low, close, 1)));

    [Fact]
    public void ColumnsThatWereRoundedApart_HaveNoFault()
    {
        Assert.Null(BarRules.Check(Good with { High = 12, Close = (float)12.000001 }));
        Assert.NotNull(BarRules.Check(Good with { High = 12, Close = 12.0001 }));
    }

    private static Bar With(string column, double value) => column switch
    {
        "open" => Good with { Open = value },
        "high" => Good with { High = value },
        "low" => Good with { Low = value },
        "close" => Good with { Close = value },
        "volume" => Good with { Volume = value },
        _ => Good with { MarketCap = value },
    };
}
