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
        Direction[] predicted = [.. HitRates.ForecastDays(Walk, horizon)
            .Select((day, back) => back < 12 ? outcomes.Of(day, horizon)!.Value : Other(outcomes.Of(day, horizon)!.Value))];
        var rates = HitRates.Measure(Walk, horizon, predicted);

        Assert.Equal(
            (12 / 30.0, 30.0 / horizon, 12 / 90.0, 90.0 / horizon, LastDay.AddDays(-horizon - 89)),
            (rates.Last30Days!.Rate, rates.Last30Days.Independent, rates.Last90Days!.Rate, rates.Last90Days.Independent, rates.FirstDay));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(30)]
    public void BaseRate_IsWhatTheMostFrequentKnownOutcomeWouldHaveHit(int horizon)
    {
        var walk = BarBuilder.WalkSeries(200);
        var outcomes = new Outcomes(walk);
        var hits = HitRates.ForecastDays(walk, horizon).Select(day => outcomes.Of(day, horizon) == MostFrequent(day)).ToArray();

        var rates = HitRates.Measure(walk, horizon, [.. Enumerable.Repeat(Direction.Bullish, 90)]);

        Assert.Equal(hits[..30].Count(hit => hit) / 30.0, rates.Last30Days!.BaseRate);
        Assert.Equal(hits.Count(hit => hit) / 90.0, rates.Last90Days!.BaseRate);

        // From the outcomes of the days of all bars that were known on the day.
        Direction MostFrequent(DateOnly day) => walk.Bars.ToArray()
            .Where(bar => bar.Day.AddDays(horizon) <= day)
            .GroupBy(bar => outcomes.Of(bar.Day, horizon)!.Value)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key)
            .First().Key;
    }

    [Fact]
    public void BaseRate_KnowsNothingOfLaterDays()
    {
        // Up to the 67th day and down from it: 64 bullish outcomes, then 69 bearish ones, of which 62 are known on the day of the newest forecast.
        var series = BarBuilder.Series([.. Enumerable.Range(0, 140).Select(i => 100 * Math.Exp(0.05 * (67 - Math.Abs(i - 67))))]);

        var rates = HitRates.Measure(series, 7, [.. Enumerable.Repeat(Direction.Bearish, 90)]);

        Assert.Equal((1.0, 0.0), (rates.Last30Days!.Rate, rates.Last30Days.BaseRate));
    }

    [Fact]
    public void NoOutcomeKnownOnADay_LeavesTheBaseRateOpen()
    {
        // The oldest of 90 forecasts is of the 7th day, on which no outcome over 7 days is known; the oldest of 30 of the 67th.
        var rates = HitRates.Measure(BarBuilder.WalkSeries(103), 7, [.. Enumerable.Repeat(Direction.Bullish, 90)]);

        Assert.NotNull(rates.Last30Days!.BaseRate);
        Assert.NotNull(rates.Last90Days);
        Assert.Null(rates.Last90Days.BaseRate);
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
