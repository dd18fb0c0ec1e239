namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public class TimeframesTests
{
    [Theory]
    [InlineData("7d", "7d", 7)]
    [InlineData("14d", "14d", 14)]
    [InlineData("30d", "30d", 30)]
    [InlineData(" 14D ", "14d", 14)]
    [InlineData(null, "7d", 7)]
    public void Timeframe_IsNormalised(string? text, string expected, int days)
    {
        Assert.True(Timeframes.TryNormalise(text, out var timeframe));
        Assert.Equal(expected, timeframe);
        Assert.Equal(days, Timeframes.Days(timeframe));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1d")]
    [InlineData("7")]
    [InlineData("7 d")]
    [InlineData("7d:asof=2024-01-01")]
    public void OtherText_IsNoTimeframe(string text)
    {
        Assert.False(Timeframes.TryNormalise(text, out var timeframe));
        Assert.Null(timeframe);
    }

    [Fact]
    public void DaysOfNoTimeframe_SaysWhatIsExpectedAndFound()
    {
        var wrong = Assert.Throws<ArgumentException>(() => Timeframes.Days("8d"));
        Assert.StartsWith("expected one of 7d, 14d, 30d, found '8d'", wrong.Message, StringComparison.Ordinal);
    }
}
