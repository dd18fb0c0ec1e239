using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Accuracy;

public sealed class HitRatesTests
{
    private static readonly BarSeries Walk = BarBuilder.WalkSeries(140);

    private static DateOnly LastDay => Walk.Bars.Span[^1].Day;

    [Theory]
    [InlineData(7)]
    [InlineData(30)]
    public void CountTheHitsOfForecastsWhoseHorizonHasClosed(int horizon)
    {
        var outcomes = new Outcomes(Walk);
        // Right in the newest 12 days that can be known, and never before.
        Direction[] said = [.. HitRates.ForecastDays(Walk, horizon)
            .Select((day, back) => back < 12 ? outcomes.Of(day, horizon)!.Value : Other(outcomes.Of(day, horizon)!.Value))];
        var rates = HitRates.Measure(Walk, horizon, said);

        Assert.Equal(new HitRates(12 / 30.0, 12 / 90.0, LastDay.AddDays(-horizon - 89)), rates);
    }

    [Fact]
    public void ForecastDays_AreThoseWhoseHorizonHasClosed() =>
        Assert.Equal(Enumerable.Range(0, 90).Select(back => LastDay.AddDays(-14 - back)), HitRates.ForecastDays(Walk, 14));

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    [InlineData(89, true)]
    public void TooFewForecasts_LeaveThePeriodOpen(int known, bool isShortKnown)
    {
        var rates = HitRates.Measure(Walk, 7, [.. Enumerable.Repeat(Direction.Bullish, known)]);

        Assert.Equal(isShortKnown, rates.Last30Days is not null);
        Assert.Null(rates.Last90Days);
        Assert.Equal(isShortKnown ? LastDay.AddDays(-7 - 29) : null, rates.FirstDay);
    }

    [Fact]
    public void AMissingBar_LeavesThePeriodOpen()
    {
        var bars = BarBuilder.Walk(140).ToList();
        bars.RemoveAt(bars.Count - 50);

        var rates = HitRates.Measure(new BarSeries("TEST", bars.ToArray()), 7, [.. Enumerable.Repeat(Direction.Bullish, 90)]);

        Assert.NotNull(rates.Last30Days);
        Assert.Null(rates.Last90Days);
    }

    private static Direction Other(Direction direction) => direction == Direction.Neutral ? Direction.Bullish : Direction.Neutral;
}
