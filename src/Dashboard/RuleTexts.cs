using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard;

/// <summary>Alert rules in words.</summary>
internal static class RuleTexts
{
    public static string Of(AlertRule rule) => Condition(rule.When) + rule.When switch
    {
        AlertConditions.ProbabilityAbove or AlertConditions.ProbabilityBelow => $" {Format.Percent(rule.Value, 1)}, {rule.Class}",
        AlertConditions.VolatilityAbove or AlertConditions.IntervalWiderThan => $" {Format.Percent(rule.Value, 1)}",
        AlertConditions.RiskScoreAbove => $" {Number(rule.Value)}",
        AlertConditions.DataOlderThan => $" {Number(rule.Value)} days",
        _ => "",
    } + (rule.Timeframe is null ? "" : $", over {rule.Timeframe.TrimEnd('d')} days");

    /// <summary>A condition, or its name where a newer service knows one more.</summary>
    public static string Condition(string when) => when switch
    {
        AlertConditions.DirectionChanged => "the direction changes",
        AlertConditions.ProbabilityAbove => "the probability of a direction is above",
        AlertConditions.ProbabilityBelow => "the probability of a direction is below",
        AlertConditions.VolatilityAbove => "the expected volatility is above",
        AlertConditions.IntervalWiderThan => "the range is wider than",
        AlertConditions.RiskScoreAbove => "the risk score is above",
        AlertConditions.RiskLevelChanged => "the risk level changes",
        AlertConditions.PriceLeftInterval => "a close is outside its predicted range",
        AlertConditions.DataOlderThan => "the newest bar is older than",
        AlertConditions.ModelAlarm => "the model predicts worse than the base rate",
        _ => when,
    };

    /// <summary>What the value of a condition is.</summary>
    public static string Value(string when) => when switch
    {
        AlertConditions.ProbabilityAbove or AlertConditions.ProbabilityBelow => "Probability, 0 to 1",
        AlertConditions.RiskScoreAbove => "Risk score, 0 to 100",
        AlertConditions.DataOlderThan => "Days",
        _ => "Fraction: 0.05 is 5 %",
    };

    public static string Of(WebhookDeliveries? deliveries) => deliveries is null ? ""
        : string.Create(CultureInfo.InvariantCulture, $"{deliveries.Delivered} delivered, {deliveries.Waiting} waiting, {deliveries.Parked} given up")
            + (deliveries.Stopped == true ? ", stopped: the receiver is gone" : "")
            + (deliveries.LastError is { } error ? $"; last error: {error}" : "");

    private static string Number(double? value) => value?.ToString("0.##", CultureInfo.InvariantCulture) ?? Format.None;
}
