using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Alerts;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.Alerts;

/// <summary>Whatever values come, in whatever order, how often, and with whatever clocks.</summary>
public class AlertJudgeProperties
{
    private static readonly Gen<Step> Steps =
        from value in Gen.Choose(0, 100)
        from minutes in Gen.Frequency((8, Gen.Choose(0, 120)), (1, Gen.Choose(-3000, 0)))
        from times in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(2, 3)))
        from delay in Gen.Choose(0, 10)
        select new Step(value / 100.0, minutes, times, delay);

    private static readonly Gen<AlertRule> Rules =
        from condition in Gen.Elements(AlertConditions.ProbabilityAbove, AlertConditions.ProbabilityBelow)
        from threshold in Gen.Choose(1, 99)
        from quiet in Gen.Elements(0, 30, 60, 1440)
        select new AlertRule("rule", "BTC", condition, quiet) { Value = threshold / 100.0, Class = "bullish", Timeframe = "7d" };

    [Fact]
    public void BetweenTwoAlerts_TheValueWasBackByTheMargin() => ForAll((rule, steps) =>
    {
        var (values, wasBack, isFirst) = (Run(rule, steps), false, true);
        foreach (var (value, isRaised) in values)
        {
            if (isRaised && !isFirst && !wasBack)
            {
                return false;
            }

            if (isRaised)
            {
                (isFirst, wasBack) = (false, false);
            }

            wasBack |= rule.When == AlertConditions.ProbabilityAbove
                ? value <= AlertJudge.RearmAt(rule.When, rule.Value!.Value)
                : value >= AlertJudge.RearmAt(rule.When, rule.Value!.Value);
        }

        return true;
    });

    [Fact]
    public void ValuesWithinTheMargin_RaiseAtMostOneAlert() => ForAll((rule, steps) =>
    {
        var near = steps.Select(step => step with { Value = rule.Value!.Value + ((step.Value - 0.5) * AlertJudge.ProbabilityMargin) }).ToArray();
        var hasMargin = rule.Value is > 0.04 and < 0.96;
        return !hasMargin || Run(rule, near).Count(one => one.IsRaised) <= 1;
    });

    [Fact]
    public void EventThatComesTwice_RaisesNothingTheSecondTime() => ForAll((rule, steps) =>
        Run(rule, steps).Count(one => one.IsRaised) == Run(rule, [.. steps.Select(step => step with { Times = 1 })]).Count(one => one.IsRaised));

    [Fact]
    public void TwoAlerts_AreApartByTheQuietTime() => ForAll((rule, steps) =>
    {
        var (state, now) = (AlertState.New, RuleFacts.Noon);
        DateTimeOffset? last = null;
        foreach (var step in steps)
        {
            now = now.AddMinutes(step.Minutes);
            var (changed, crossing) = AlertJudge.Judge(rule, state, AlertFacts.Of(RuleFacts.Prediction(step.Value, at: now)), now);
            state = changed ?? state;
            if (crossing is not null)
            {
                if (last is { } before && (now - before).Duration() < TimeSpan.FromMinutes(rule.QuietMinutes))
                {
                    return false;
                }

                last = now;
            }
        }

        return true;
    });

    private static void ForAll(Func<AlertRule, Step[], bool> holds) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Arb.From(Rules), Arb.From(Steps.ArrayOf()), (rule, steps) => holds(rule, steps)));

    private static List<(double Value, bool IsRaised)> Run(AlertRule rule, Step[] steps)
    {
        var (state, now) = (AlertState.New, RuleFacts.Noon);
        var values = new List<(double, bool)>();
        foreach (var step in steps)
        {
            now = now.AddMinutes(step.Minutes);
            var facts = AlertFacts.Of(RuleFacts.Prediction(step.Value, at: now.AddMinutes(-step.Delay)));
            for (var i = 0; i < step.Times; i++)
            {
                var (changed, crossing) = AlertJudge.Judge(rule, state, facts, now);
                state = changed ?? state;
                values.Add((step.Value, crossing is not null));
            }
        }

        return values;
    }

    private sealed record Step(double Value, int Minutes, int Times, int Delay);
}
