using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Forecasting.Tests.Training;

public sealed class SoftmaxRegressionTests
{
    private const int Bars = 500;
    private const int Horizon = 7;

    private static readonly DateOnly LastDay = BarBuilder.FirstDay.AddDays(299);

    [Fact]
    public void OutcomesThatFollowTheTrend_AreLearnt_AndKnownOnLaterDays()
    {
        var history = Trends();

        var model = SoftmaxRegression.Train([history], Horizon, LastDay)!;

        var later = Enumerable.Range(0, history.Features.Rows)
            .Where(row => history.Features.Days.Span[row] > LastDay && history.OutcomeOf(history.Features.Days.Span[row], Horizon) is not null)
            .Select(row => (Probabilities: model.Predict(history.Features, row)!, Outcome: (int)history.OutcomeOf(history.Features.Days.Span[row], Horizon)!))
            .ToArray();
        // Up and down take turns: any one class is right about every other time.
        Assert.InRange(later.Average(day => Array.IndexOf(day.Probabilities, day.Probabilities.Max()) == day.Outcome ? 1 : 0), 0.7, 1);
        Assert.All(later, day => Assert.Equal(1, day.Probabilities.Sum(), 1e-5));
    }

    [Fact]
    public void WhatComesAfterTheLastDay_ChangesNothing()
    {
        Bar[] other = [.. BarBuilder.Walk(Bars)[..300], .. BarBuilder.Walk(Bars, seed: 9, start: 3)[300..]];
        var (mine, theirs) = (History(BarBuilder.Walk(Bars)), History(other));

        var first = SoftmaxRegression.Train([mine], Horizon, LastDay)!;
        var second = SoftmaxRegression.Train([theirs], Horizon, LastDay)!;

        var row = mine.Features.Days.Span.BinarySearch(LastDay);
        Assert.Equal(first.Predict(mine.Features, row), second.Predict(theirs.Features, row));
    }

    [Fact]
    public void DayWithTooLittleHistory_HasNoProbabilities()
    {
        var history = Trends();
        var model = SoftmaxRegression.Train([history], Horizon, LastDay)!;

        Assert.Null(model.Predict(history.Features, 89));
        Assert.NotNull(model.Predict(history.Features, 90));
    }

    [Fact]
    public void NoDayToLearnFrom_IsNoModel() =>
        Assert.Null(SoftmaxRegression.Train([History(BarBuilder.Walk(Bars))], Horizon, BarBuilder.FirstDay.AddDays(90)));

    // A month up, a month down, with some noise.
    private static LabelledHistory Trends()
    {
        var noise = new Random(4);
        var close = 100.0;
        var closes = new double[Bars];
        for (var i = 0; i < Bars; i++)
        {
            close *= Math.Exp((i / 30 % 2 == 0 ? 0.02 : -0.02) + (0.01 * (noise.NextDouble() - 0.5)));
            closes[i] = close;
        }

        return History(BarBuilder.Bars(closes));
    }

    private static LabelledHistory History(Bar[] bars) => new(new BarSeries("AAA", bars));
}
