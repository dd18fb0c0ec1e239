using Coinsphere.Messaging.Forecasting.Explanations;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>
/// Describes a prediction in one paragraph. Percentages and decimals are rounded as in answers; thresholds are compared with the unrounded values.
/// </summary>
internal static class Explanation
{
    private const int Named = 5;

    public static string Of(
        string symbol,
        Outlook outlook,
        Signal signal,
        string likely,
        double rsi,
        VolumeTrend volumeTrend,
        Contributions? contributions,
        IReadOnlyList<(string Name, Direction Direction)> members,
        IReadOnlyList<string> warnings) =>
        $"{Opening(symbol, outlook, signal)}"
        + $"RSI at {Rounding.Text(rsi, 1)} ({Zone(rsi)}). Volume trend is {Word(volumeTrend)}. "
        + $"{(signal.IsNone ? likely : "")}{Members(outlook, members)}{Source(outlook, contributions)}"
        + $"{string.Concat(warnings.Select(warning => warning + ". "))}{Ending(outlook, signal)}";

    private static string Opening(string symbol, Outlook outlook, Signal signal)
    {
        var confidence = $"{Rounding.Text(outlook.ConfidenceScore * 100, 0)}%";
        return signal switch
        {
            { IsNone: false } => $"{symbol} shows {Word(outlook.Direction)} momentum with {confidence} confidence. ",
            { SameSince: { } since } => $"{symbol} shows no directional signal: the model has named {Word(outlook.Direction)} on all days looked at since "
                + FormattableString.Invariant($"{since:yyyy-MM-dd}, {confidence} now. "),
            _ => $"{symbol} shows no directional signal: {Word(outlook.Direction)} has a probability of {confidence}, and came "
                + $"{Rounding.Text(signal.BaseRate * 100, 0)}% of the time before. ",
        };
    }

    private static string Members(Outlook outlook, IReadOnlyList<(string Name, Direction Direction)> members)
    {
        if (members.Count == 0)
        {
            return "";
        }

        if (members is [var only])
        {
            return $"Made by one model, {only.Name}. ";
        }

        var agreeing = members.Where(member => member.Direction == outlook.Direction).Select(member => member.Name).ToArray();
        return agreeing.Length == 0
            ? $"None of {members.Count} models predicts {Word(outlook.Direction)} alone: {string.Join(", ", members.Select(member => member.Name))}. "
            : $"{agreeing.Length} of {members.Count} models predict {Word(outlook.Direction)}: {string.Join(", ", agreeing)}. ";
    }

    private static string Source(Outlook outlook, Contributions? contributions)
    {
        // A network with few inputs has contributions of those only.
        var parts = contributions?.Largest(Named)
            .Where(part => part.Value != 0)
            .Select(part => $"{part.Feature} {(part.Value < 0 ? "" : "+")}{Rounding.Text(part.Value * 100, 1)}")
            .ToArray();
        return outlook.FromFrequencies || parts is null or [] ? "" : $"What moved the confidence most, in percentage points: {string.Join(", ", parts)}. ";
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Zone(double rsi) => rsi > 70 ? "overbought" : rsi < 30 ? "oversold" : "neutral";

    private static string Ending(Outlook outlook, Signal signal) => (outlook.ConfidenceScore > 0.7 && !signal.IsNone, outlook.Direction) switch
    {
        (true, Direction.Bullish) => "Strong buy signal detected.",
        (true, Direction.Bearish) => "Strong sell signal detected.",
        _ => "Monitor closely for confirmation.",
    };
}
