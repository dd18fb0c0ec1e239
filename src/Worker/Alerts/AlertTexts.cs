using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Makes the alert of a crossing: its id, its rounded numbers, and its sentence.</summary>
internal static class AlertTexts
{
    private const int IdLength = 32;

    /// <param name="rule">The rule.</param>
    /// <param name="crossing">What crossed.</param>
    /// <param name="facts">The facts that it was found by.</param>
    /// <param name="version">The number of the change of the symbol's states. No other change ever has it, so that the id is the crossing's own.</param>
    /// <param name="now">When it was found.</param>
    public static Alert Alert(AlertRule rule, Crossing crossing, AlertFacts facts, long version, DateTimeOffset now) => new(
        Id(rule.Id, facts.Symbol, version), rule.Id, facts.Symbol, now, Rounded(crossing.Value), crossing.Threshold, facts.PredictionId)
    {
        When = rule.When,
        Message = $"{facts.Symbol}: {Sentence(rule, crossing)}",
        Timeframe = rule.Timeframe,
        From = crossing.From,
        To = crossing.To,
    };

    private static string Id(string rule, string symbol, long version) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text($"{rule}\n{symbol}\n{version}"))))[..IdLength];

    private static string Sentence(AlertRule rule, Crossing crossing) => rule.When switch
    {
        AlertConditions.DirectionChanged => $"the direction over {rule.Timeframe} changed from {crossing.From} to {crossing.To}",
        AlertConditions.RiskLevelChanged => $"the risk level changed from {crossing.From} to {crossing.To}",
        AlertConditions.ProbabilityAbove =>
            Text($"the probability of {rule.Class} over {rule.Timeframe} is {crossing.Value:0.####}, above {crossing.Threshold}"),
        AlertConditions.ProbabilityBelow =>
            Text($"the probability of {rule.Class} over {rule.Timeframe} is {crossing.Value:0.####}, below {crossing.Threshold}"),
        AlertConditions.VolatilityAbove =>
            Text($"the expected volatility over {rule.Timeframe} is {crossing.Value * 100:0.##} %, above {crossing.Threshold * 100:0.##} %"),
        AlertConditions.IntervalWiderThan =>
            Text($"the predicted range over {rule.Timeframe} is {crossing.Value * 100:0.##} % of the price wide, above {crossing.Threshold * 100:0.##} %"),
        AlertConditions.RiskScoreAbove => Text($"the risk score is {crossing.Value:0}, above {crossing.Threshold}"),
        AlertConditions.PriceLeftInterval => Text(
            $"the close of {crossing.Day:yyyy-MM-dd}, {Price(crossing.Value)}, lies outside {Price(crossing.Range!.Low)} to {Price(crossing.Range.High)}, ")
            + Text($"the range that was predicted on {crossing.Range.From:yyyy-MM-dd} for {crossing.Range.Until:yyyy-MM-dd}"),
        AlertConditions.DataOlderThan => Text($"the newest bar closed {crossing.Value:0.##} days ago, more than {crossing.Threshold}"),
        _ => $"predictions of model {crossing.Model} are worse than the base rate",
    };

    private static double? Rounded(double? value) => value is { } number ? Rounding.Decimals(number, 6) : null;

    private static string Price(double? price) => Text($"{Rounding.Price(price ?? 0)}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
