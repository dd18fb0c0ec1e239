using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Bars;

public class BarSeriesExtensionsTests
{
    [Theory]
    [InlineData(4, 2, "3,4")]
    [InlineData(4, 9, "1,2,3,4")]
    [InlineData(5, 1, "4")]
    [InlineData(31, 2, "8,9")]
    [InlineData(0, 2, "")]
    public void EndingAt_IsTheNewestBarsUpToTheDay(int lastDay, int count, string expected)
    {
        var window = Series(1, 2, 3, 4, 7, 8, 9).EndingAt(Day(lastDay), count);

        Assert.Equal(expected, string.Join(',', window.Bars.ToArray().Select(bar => bar.Day.Day)));
    }

    [Fact]
    public void EndingAt_CountBelowOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Series(1).EndingAt(Day(1), 0));

    [Theory]
    [InlineData(7, 3)]
    [InlineData(5, 3)]
    [InlineData(4, 5)]
    [InlineData(3, null)]
    [InlineData(1, null)]
    [InlineData(0, null)]
    [InlineData(99, 3)]
    public void FirstMissingDay_CountsOnlyInsideTheLastBars(int lastBars, int? expected) =>
        Assert.Equal(expected, Series(1, 2, 4, 6, 7, 8).FirstMissingDay(lastBars)?.Day);

    [Fact]
    public void FirstMissingDay_OfNoBars_IsNull() => Assert.Null(Series().FirstMissingDay(5));

    [Fact]
    public void Age_CountsFromTheCloseOfTheNewestBar()
    {
        var now = new DateTimeOffset(2024, 1, 11, 6, 0, 0, TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromHours(6), Series(9, 10).Age(null, now));
        Assert.Equal(TimeSpan.Zero, Series(9, 10).Age(Day(10), now));
        Assert.Equal(TimeSpan.FromDays(3), Series(9, 10).Age(Day(13), now));
        Assert.Null(Series().Age(null, now));
    }

    private static DateOnly Day(int day) => new DateOnly(2024, 1, 1).AddDays(day - 1);

    private static BarSeries Series(params int[] days) =>
        new("BTC", days.Select(day => new Bar(Day(day), 1, 1, 1, 1, 1)).ToArray());
}
