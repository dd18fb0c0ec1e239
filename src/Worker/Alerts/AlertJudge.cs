using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// Judges a rule by new facts. It is pure: equal arguments give equal results, and facts that were judged before change nothing. After an alert a
/// threshold is armed again only when the value is back by a margin (<see cref="RearmAt"/>). During the quiet time nothing is raised; a condition that
/// is still true at the first facts after it is raised then.
/// </summary>
internal static class AlertJudge
{
    /// <summary>The margin of probabilities.</summary>
    public const double ProbabilityMargin = 0.02;

    /// <summary>The margin of risk scores, in points.</summary>
    public const double RiskMargin = 2;

    /// <summary>The margin of volatilities and widths, as a share of the threshold.</summary>
    public const double FractionMargin = 0.02;

    // Clocks of workers differ. What was seen further ahead was seen before a clock was set back.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>The new state where it changes, and what crossed where an alert is to be raised. Both null: nothing to do.</summary>
    public static Judgement Judge(AlertRule rule, AlertState state, AlertFacts facts, DateTimeOffset now)
    {
        // Late facts: newer ones have changed the state.
        if (state.SeenAt is { } seen && facts.At < seen && seen <= now + Ahead)
        {
            return default;
        }

        var judgement = rule.When switch
        {
            AlertConditions.DirectionChanged => Change(rule, state, facts.Prediction?.Direction, now),
            AlertConditions.RiskLevelChanged => Change(rule, state, facts.Risk?.RiskLevel, now),
            AlertConditions.ProbabilityAbove or AlertConditions.ProbabilityBelow => Threshold(rule, state, Probability(rule, facts), now),
            AlertConditions.VolatilityAbove => Threshold(rule, state, facts.Prediction?.ExpectedVolatility, now),
            AlertConditions.IntervalWiderThan => Threshold(rule, state, Width(facts.Prediction), now),
            AlertConditions.RiskScoreAbove => Threshold(rule, state, facts.Risk?.RiskScore, now),
            AlertConditions.DataOlderThan => Threshold(rule, state, facts.DataAgeDays, now),
            AlertConditions.PriceLeftInterval => Range(rule, state, facts, now),
            AlertConditions.ModelAlarm => Alarm(rule, state, facts, now),
            _ => default,
        };
        return judgement.Changed is { } changed ? judgement with { Changed = changed with { SeenAt = facts.At } } : judgement;
    }

    /// <summary>
    /// The value at which a rule that has raised an alert is armed again. The margin is at most half of what lies between the threshold and the end of the
    /// scale, so that every rule can be armed again.
    /// </summary>
    public static double RearmAt(string condition, double threshold) => condition switch
    {
        AlertConditions.ProbabilityBelow => Math.Min(threshold + ProbabilityMargin, (1 + threshold) / 2),
        AlertConditions.ProbabilityAbove => Math.Max(threshold - ProbabilityMargin, threshold / 2),
        AlertConditions.RiskScoreAbove => Math.Max(threshold - RiskMargin, threshold / 2),
        AlertConditions.DataOlderThan => threshold,
        _ => threshold * (1 - FractionMargin),
    };

    private static Judgement Threshold(AlertRule rule, AlertState state, double? measured, DateTimeOffset now)
    {
        if (measured is not { } value || rule.Value is not { } threshold)
        {
            return default;
        }

        // A rule for values below is one for values above, mirrored.
        var sign = rule.When == AlertConditions.ProbabilityBelow ? -1 : 1;
        if (!state.IsArmed)
        {
            return sign * value <= sign * RearmAt(rule.When, threshold) ? new(state with { IsArmed = true }, null) : default;
        }

        return sign * value > sign * threshold && !IsQuiet(rule, state, now)
            ? new(state with { IsArmed = false, RaisedAt = now }, new(value, threshold))
            : default;
    }

    private static Judgement Change(AlertRule rule, AlertState state, string? found, DateTimeOffset now)
    {
        if (found is null || found == state.Last)
        {
            return default;
        }

        if (state.Last is null)
        {
            return new(state with { Last = found }, null);
        }

        return IsQuiet(rule, state, now)
            ? default
            : new(state with { Last = found, RaisedAt = now }, new(null, null) { From = state.Last, To = found });
    }

    // One range at a time is watched: of the first prediction, then of the one at which its horizon ends or a close leaves it.
    private static Judgement Range(AlertRule rule, AlertState state, AlertFacts facts, DateTimeOffset now)
    {
        if (facts is not { Prediction: { } prediction, DataAsOf: { } day, Timeframe: { } timeframe })
        {
            return default;
        }

        var next = prediction.Interval is { } interval
            ? new WatchedRange(interval.Low, interval.High, day, day.AddDays(Timeframes.Days(timeframe)))
            : null;
        if (state.Watched is not { } watched)
        {
            return next is null ? default : new(state with { Watched = next }, null);
        }

        if (day <= watched.From)
        {
            return default;
        }

        var close = prediction.CurrentPrice;
        if (day <= watched.Until && (close < watched.Low || close > watched.High))
        {
            return IsQuiet(rule, state, now)
                ? default
                : new(
                    state with { Watched = next, RaisedAt = now },
                    new(close, close < watched.Low ? watched.Low : watched.High) { Day = day, Range = watched });
        }

        return day >= watched.Until ? new(state with { Watched = next }, null) : default;
    }

    private static Judgement Alarm(AlertRule rule, AlertState state, AlertFacts facts, DateTimeOffset now) =>
        facts.ModelVersion is not { } version || facts.At == state.SeenAt || IsQuiet(rule, state, now)
            ? default
            : new(state with { RaisedAt = now }, new(null, null) { Model = version });

    // A clock that is set back by more than the quiet time does not prolong it.
    private static bool IsQuiet(AlertRule rule, AlertState state, DateTimeOffset now) =>
        state.RaisedAt is { } raised && (now - raised).Duration() < TimeSpan.FromMinutes(rule.QuietMinutes);

    private static double? Probability(AlertRule rule, AlertFacts facts) => (rule.Class, facts.Prediction?.Probabilities) switch
    {
        ("bearish", { } of) => of.Bearish,
        ("neutral", { } of) => of.Neutral,
        ("bullish", { } of) => of.Bullish,
        _ => null,
    };

    private static double? Width(PricePrediction? prediction) => prediction is { Interval: { } interval, CurrentPrice: > 0 and var price }
        ? (interval.High - interval.Low) / price
        : null;
}

/// <summary>What judging has found.</summary>
/// <param name="Changed">The new state; null where it stays.</param>
/// <param name="Crossing">What an alert says; null where none is raised. With one there is a new state.</param>
internal readonly record struct Judgement(AlertState? Changed, Crossing? Crossing);

/// <summary>A condition that became true.</summary>
/// <param name="Value">What was measured.</param>
/// <param name="Threshold">What it crossed.</param>
internal sealed record Crossing(double? Value, double? Threshold)
{
    /// <summary>The former direction or level.</summary>
    public string? From { get; init; }

    /// <summary>The present direction or level.</summary>
    public string? To { get; init; }

    /// <summary>The day of a close that left a range.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>The range that it left.</summary>
    public WatchedRange? Range { get; init; }

    /// <summary>The version of a model with an alarm.</summary>
    public string? Model { get; init; }
}
