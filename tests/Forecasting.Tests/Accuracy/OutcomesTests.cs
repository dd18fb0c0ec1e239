using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Accuracy;

public sealed class OutcomesTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 0)]
    [InlineData(30, 5)]
    public void FrequenciesByDay_AreThoseUpToEachDay(int horizon, int every)
    {
        var outcomes = new Outcomes(new BarSeries("TEST", BarBuilder.Walk(90).Where((_, i) => every == 0 || i % every != 3).ToArray()));

        var byDay = outcomes.FrequenciesByDay(horizon);

        Assert.NotEmpty(byDay);
        Assert.All(byDay, day => Assert.Equal(outcomes.FrequenciesUpTo(day.Key, horizon), day.Value));
    }

    [Fact]
    public void OfEquallyFrequentOutcomes_TheFirstIsNamed()
    {
        var outcomes = new Outcomes(BarBuilder.Series(100, 110, 110, 100, 90));

        Assert.Equal(
            [null, Direction.Bullish, Direction.Neutral, Direction.Bearish, Direction.Bearish],
            outcomes.MostFrequentByDay(1).OrderBy(day => day.Key).Select(day => day.Value));
    }
}
