using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Alerts;

namespace Coinsphere.Messaging.Worker.Tests.Alerts;

/// <summary>What a rule makes of one event after another. Each is judged when it was computed.</summary>
public class AlertJudgeTests
{
    private static readonly DateTimeOffset Noon = RuleFacts.Noon;

    private AlertState _state = AlertState.New;

    [Fact]
    public void ThresholdThatIsCrossed_RaisesOnce_AndAgainOnlyAfterTheValueWasBack()
    {
        var rule = Rule(AlertConditions.ProbabilityAbove, 0.6, "bullish");

        Assert.Equal(
            [false, true, false, false, false, true],
            new[] { 0.5, 0.61, 0.599, 0.7, 0.58, 0.601 }
                .Select((bullish, i) => Raises(rule, AlertFacts.Of(RuleFacts.Prediction(bullish, at: Noon.AddHours(2 * i))))));
    }

    [Fact]
    public void ConditionThatIsTrueWhenTheRuleIsMade_RaisesAtOnce()
    {
        var (changed, crossing) = AlertJudge.Judge(
            Rule(AlertConditions.RiskScoreAbove, 40), _state, AlertFacts.Of(RuleFacts.Risk(70)), Noon);

        Assert.Equal((70, 40.0), (crossing!.Value, crossing.Threshold));
        Assert.False(changed!.IsArmed);
    }

    [Fact]
    public void ProbabilityBelow_IsMirrored()
    {
        var rule = Rule(AlertConditions.ProbabilityBelow, 0.3, "bullish");

        Assert.Equal(
            [false, true, false, false, true],
            new[] { 0.31, 0.29, 0.31, 0.33, 0.2 }.Select((bullish, i) => Raises(rule, AlertFacts.Of(RuleFacts.Prediction(bullish, at: Noon.AddHours(2 * i))))));
    }

    [Fact]
    public void Change_NamesWhatTheLastAlertNamed()
    {
        var rule = Rule(AlertConditions.DirectionChanged);

        Assert.Null(Judge(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bullish"))));
        Assert.Null(Judge(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bullish", at: Noon.AddHours(1)))));
        var crossing = Judge(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bearish", at: Noon.AddHours(2))));
        Assert.Equal(("bullish", "bearish"), (crossing!.From, crossing.To));
    }

    [Fact]
    public void CrossingInTheQuietTime_IsRaisedAfterIt_WhereItIsStillTrue()
    {
        var rule = Rule(AlertConditions.DirectionChanged);

        Assert.Equal(
            [false, true, false, false, true, false],
            new (string Direction, int Minutes)[] { ("bullish", 0), ("bearish", 10), ("bullish", 20), ("bullish", 69), ("neutral", 70), ("bearish", 80) }
                .Select(one => Raises(rule, AlertFacts.Of(RuleFacts.Prediction(direction: one.Direction, at: Noon.AddMinutes(one.Minutes))))));
        Assert.Equal("neutral", _state.Last);
    }

    [Fact]
    public void ChangeThatIsBackAfterTheQuietTime_IsNotRaised()
    {
        var rule = Rule(AlertConditions.RiskLevelChanged);

        Assert.Equal(
            [false, true, false, false],
            new (string Level, int Minutes)[] { ("low", 0), ("high", 10), ("low", 20), ("high", 90) }
                .Select(one => Raises(rule, AlertFacts.Of(RuleFacts.Risk(level: one.Level, at: Noon.AddMinutes(one.Minutes))))));
    }

    [Fact]
    public void LateEvent_ChangesNothing()
    {
        var rule = Rule(AlertConditions.ProbabilityAbove, 0.6, "bullish") with { QuietMinutes = 0 };

        Assert.True(Raises(rule, AlertFacts.Of(RuleFacts.Prediction(0.7))));
        Assert.False(Raises(rule, AlertFacts.Of(RuleFacts.Prediction(0.1, at: Noon.AddMinutes(-1))), Noon.AddMinutes(1)));
        Assert.False(_state.IsArmed);
    }

    [Fact]
    public void ClockThatWasSetBack_NeitherStopsTheRuleNorProlongsItsQuietTime()
    {
        var rule = Rule(AlertConditions.DirectionChanged);
        Raises(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bullish", at: Noon.AddYears(1))));
        Assert.True(Raises(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bearish", at: Noon.AddYears(1).AddMinutes(1)))));

        Assert.True(Raises(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bullish"))));
        Assert.False(Raises(rule, AlertFacts.Of(RuleFacts.Prediction(direction: "bearish", at: Noon.AddMinutes(-30)))));
    }

    [Fact]
    public void WidthAndVolatility_AreFractions()
    {
        var facts = AlertFacts.Of(RuleFacts.Prediction(close: 100, interval: new PriceInterval(0.9, 90, 115)));

        Assert.Equal(0.25, Judge(Rule(AlertConditions.IntervalWiderThan, 0.2), facts)!.Value!.Value, 9);
        _state = AlertState.New;
        Assert.Equal(0.08, Judge(Rule(AlertConditions.VolatilityAbove, 0.05), facts)!.Value);
        _state = AlertState.New;
        Assert.Null(Judge(Rule(AlertConditions.IntervalWiderThan, 0.25), facts));
    }

    [Theory]
    [InlineData(112, 8, true)]
    [InlineData(88, 3, true)]
    [InlineData(109, 3, false)]
    // After the horizon the range says nothing.
    [InlineData(112, 9, false)]
    public void CloseOutsideTheRangePredictedForIt_IsRaised(double close, int day, bool isRaised)
    {
        var rule = Rule(AlertConditions.PriceLeftInterval);
        Assert.Null(Judge(rule, Of(100, 1)));

        var crossing = Judge(rule, Of(close, day));

        Assert.Equal(isRaised, crossing is not null);
        Assert.Equal(isRaised ? close : null, crossing?.Value);
        // The next range begins where one has ended.
        Assert.Equal(isRaised || day >= 8 ? day : 1, _state.Watched!.From.Day);

        static AlertFacts Of(double close, int day) => AlertFacts.Of(RuleFacts.Prediction(
            close: close, day: new DateOnly(2024, 6, day), at: Noon.AddDays(day), interval: new PriceInterval(0.9, close - 10, close + 10)));
    }

    [Fact]
    public void OldData_AreRaisedOnce_AndAgainAfterNewOnes()
    {
        var rule = Rule(AlertConditions.DataOlderThan, 2);
        var newest = new DateOnly(2024, 6, 30);

        Assert.Equal(
            [false, true, false, false, true],
            new (int Newest, double Days)[] { (0, 1.9), (0, 2.1), (0, 5), (4, 5), (4, 6.6) }
                .Select(one => Raises(rule, AlertFacts.OfData("BTC", newest.AddDays(one.Newest), Noon.AddHours(-12).AddDays(one.Days)))));
    }

    [Fact]
    public void ModelAlarm_IsRaisedOnceForEachMeasurement()
    {
        var rule = Rule(AlertConditions.ModelAlarm) with { QuietMinutes = 0 };
        var alarm = new ModelAlarmRaised(["BTC"], "v1", Noon, 0.02, 40);

        Assert.True(Raises(rule, AlertFacts.OfModel("BTC", alarm)));
        Assert.False(Raises(rule, AlertFacts.OfModel("BTC", alarm), Noon.AddHours(3)));
        Assert.True(Raises(rule, AlertFacts.OfModel("BTC", alarm with { RaisedAt = Noon.AddDays(7) })));
    }

    [Theory]
    [InlineData(AlertConditions.ProbabilityAbove, 0.6, 0.58)]
    [InlineData(AlertConditions.ProbabilityAbove, 0.01, 0.005)]
    [InlineData(AlertConditions.ProbabilityBelow, 0.6, 0.62)]
    [InlineData(AlertConditions.ProbabilityBelow, 0.99, 0.995)]
    [InlineData(AlertConditions.RiskScoreAbove, 70, 68)]
    [InlineData(AlertConditions.RiskScoreAbove, 1, 0.5)]
    [InlineData(AlertConditions.VolatilityAbove, 0.1, 0.098)]
    [InlineData(AlertConditions.DataOlderThan, 2, 2)]
    public void Margin_LeavesEveryRuleAValueToBeArmedAt(string condition, double threshold, double rearmAt) =>
        Assert.Equal(rearmAt, AlertJudge.RearmAt(condition, threshold), 9);

    private static AlertRule Rule(string when, double? value = null, string? className = null) =>
        new("rule", "BTC", when, 60) { Value = value, Class = className, Timeframe = AlertConditions.HasTimeframe(when) ? "7d" : null };

    private bool Raises(AlertRule rule, AlertFacts facts, DateTimeOffset? now = null) => Judge(rule, facts, now) is not null;

    private Crossing? Judge(AlertRule rule, AlertFacts facts, DateTimeOffset? now = null)
    {
        var (changed, crossing) = AlertJudge.Judge(rule, _state, facts, now ?? facts.At);
        _state = changed ?? _state;
        return crossing;
    }
}
