using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

/// <summary>The time of a newest price is the same whatever source has the bar.</summary>
public class LatestPriceTests
{
    private static readonly FakeUtcNow Now = new("2024-01-10T12:00:00Z");

    [Theory]
    [InlineData("2024-01-09T00:00:00Z", "2024-01-10T00:00:00Z")]
    [InlineData("2020-02-03T00:00:00Z", "2020-02-04T00:00:00Z")]
    [InlineData("2024-01-10T00:00:00Z", "2024-01-10T12:00:00Z")]
    [InlineData("2024-01-10T11:00:00Z", "2024-01-10T11:00:00Z")]
    public void RowOfADay_HasTheTimeOfItsEnd_AndNeverALaterOneThanNow(string row, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), LatestPrice.Of("BTC", 1, DateTimeOffset.Parse(row).UtcDateTime, Now).Time);

    [Fact]
    public void BarAndRowOfTheSameDay_HaveTheSameTime() => Assert.Equal(
        LatestPrice.Of("BTC", 7, new DateTime(2024, 1, 8, 0, 0, 0, DateTimeKind.Utc), Now),
        LatestPrice.Of(new BarSeries("BTC", new[] { new Bar(new DateOnly(2024, 1, 8), 7, 7, 7, 7, 7) }), Now));
}
