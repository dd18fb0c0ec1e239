using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Plots;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Draws a backtest: the price in its predicted ranges, and a reliability diagram of the days that count.</summary>
internal static class BacktestPictures
{
    /// <summary>Writes the pictures and returns their paths; none where there is no day to draw.</summary>
    public static IEnumerable<string> Write(BacktestAnswer answer, string folder)
    {
        var horizon = AskCommand.Text($"{Timeframes.Days(answer.Timeframe)} days");
        var name = $"{answer.Symbol}-{answer.Timeframe}";
        Directory.CreateDirectory(folder);
        if (answer.Daily.Count > 0)
        {
            var days = answer.Daily.Select(day => new PredictedRange(
                day.TargetDate, day.ActualClose, day.Interval is { } interval ? (interval.Low, interval.High) : null, day.Replayed));
            yield return Write(
                Path.Combine(folder, $"{name}.svg"), RangePlot.Svg($"{answer.Symbol}: where 9 of 10 closes were expected {horizon} before", [.. days]));
        }

        var counted = answer.Daily.Where(day => !day.Replayed).ToList();
        if (counted.Count > 0)
        {
            var period = $"{AskCommand.Day(counted[0].Day)} to {AskCommand.Day(counted[^1].Day)}";
            yield return Write(
                Path.Combine(folder, $"{name}-reliability.svg"),
                ReliabilityPlot.Svg($"{answer.Symbol}, {horizon} ahead, {period}", [(horizon, [.. counted.SelectMany(Given)])]));
        }
    }

    private static IEnumerable<GivenProbability> Given(BacktestedDay day) =>
    [
        new(day.Probabilities.Bearish, day.ActualDirection == "bearish"),
        new(day.Probabilities.Neutral, day.ActualDirection == "neutral"),
        new(day.Probabilities.Bullish, day.ActualDirection == "bullish"),
    ];

    private static string Write(string path, string svg)
    {
        File.WriteAllText(path, svg);
        return path;
    }
}
