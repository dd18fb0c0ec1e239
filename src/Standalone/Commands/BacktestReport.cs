using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Says how good the answers of a backtest were, in a table and in words.</summary>
internal static class BacktestReport
{
    private const double RightCoverage = 0.9;

    public static void Print(Terminal terminal, BacktestAnswer answer)
    {
        terminal.Line(AskCommand.Text(
            $"{answer.Symbol} over {Timeframes.Days(answer.Timeframe)} days, {answer.From:yyyy-MM-dd} to {answer.To:yyyy-MM-dd}: ")
            + AskCommand.Text($"{answer.Days} days count, as much evidence as {answer.EffectiveDays:0} separate ones"));
        if (answer.Days > 0)
        {
            var likely = answer.Uncertainty;
            terminal.Table(
                ["Measure", ">Answers", "Likely", ">Baseline", "Baseline is", "So the answers are"],
                [
                    Row("direction right", answer.HitRate, likely.HitRate, answer.BaseRateHitRate, "the most frequent direction", likely.HitGain, Share),
                    Row("Brier score", answer.Brier, likely.Brier, answer.BaseRateBrier, "past frequencies", likely.BrierGain, Score),
                    [
                        "closes in the range", Share(answer.IntervalCoverage), Between(likely.IntervalCoverage, Share), Share(RightCoverage), "what is right",
                        Coverage(likely.IntervalCoverage),
                    ],
                    Row("interval score", answer.IntervalScore, likely.IntervalScore, answer.EwmaIntervalScore, "EWMA", likely.IntervalGain, Score),
                    Row("volatility error", answer.VolatilityQlike, likely.VolatilityQlike, answer.EwmaQlike, "EWMA", likely.QlikeGain, Score),
                ]);
        }

        if (answer is { Days: > 0, ReplayedDays: > 0 })
        {
            terminal.Line(AskCommand.Text(
                $"{answer.ReplayedDays} more days are replayed and do not count: a model had learnt from days up to {answer.LearntThrough:yyyy-MM-dd}"));
        }

        foreach (var warning in answer.Warnings)
        {
            terminal.Line($"{answer.Symbol} warning: {warning}", Tone.Warning);
        }

        terminal.Line("");
    }

    public static void Explain(Terminal terminal, IReadOnlyList<string> pictures)
    {
        terminal.Line(
            "Likely: where the true value lies in 9 of 10 cases. EWMA: what the moves of recent days alone suggest. A lower score or error is better.");
        if (pictures.Count > 0)
        {
            terminal.Line($"Pictures: {string.Join(", ", pictures)}");
        }
    }

    private static Cell[] Row(
        string measure, double? value, LikelyRange? likely, double? baseline, string about, LikelyRange? gain, Func<double?, string> write) =>
        [measure, write(value), Between(likely, write), write(baseline), about, Verdict(gain)];

    private static Cell Verdict(LikelyRange? gain) => gain switch
    {
        null => "too few to tell",
        { Low: 0, High: 0 } => "the same",
        { Low: > 0 } => new Cell("better", Tone.Good),
        { High: < 0 } => new Cell("worse", Tone.Bad),
        _ => "not clearly different",
    };

    private static Cell Coverage(LikelyRange? likely) => likely switch
    {
        null => "too few to tell",
        { High: < RightCoverage } => new Cell("too narrow", Tone.Bad),
        { Low: > RightCoverage } => new Cell("too wide", Tone.Bad),
        _ => new Cell("right, as far as can be told", Tone.Good),
    };

    private static string Between(LikelyRange? likely, Func<double?, string> write) => likely is null ? "" : $"{write(likely.Low)} to {write(likely.High)}";

    private static string Share(double? share) => share is null ? "" : AskCommand.Text($"{share * 100:0.0} %");

    private static string Score(double? score) => score is null ? "" : AskCommand.Text($"{score:0.0000}");
}
