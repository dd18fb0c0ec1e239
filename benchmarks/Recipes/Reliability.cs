using System.Globalization;
using System.Text;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>Reliability diagrams: of the classes that were given about some probability, how many happened. One SVG a checkpoint, and one of all together.</summary>
internal static class Reliability
{
    private const int Bins = 10;
    private const int Size = 300;
    private const int Margin = 40;
    private static readonly string[] Colours = ["#1b6ca8", "#d1495b", "#2e8b57"];

    /// <param name="histories">The symbols.</param>
    /// <param name="checkpoints">Their checkpoints' folder.</param>
    /// <param name="output">Where the diagrams go.</param>
    /// <param name="from">The first day that is forecast from.</param>
    /// <param name="trainedTo">The last day whose close counts for the class frequencies that are the baseline.</param>
    public static void Draw(IReadOnlyList<LabelledHistory> histories, string checkpoints, string output, DateOnly from, DateOnly trainedTo)
    {
        Directory.CreateDirectory(output);
        var all = Horizons.All.ToDictionary(days => days, _ => new List<Forecast>());
        var skills = Horizons.All.ToDictionary(days => days, _ => new List<(string Symbol, double Skill)>());
        foreach (var history in histories)
        {
            var symbol = history.Series.Symbol;
            var path = Path.Combine(checkpoints, $"{symbol}_best.pth");
            if (!File.Exists(path))
                continue;
            var model = CheckpointReader.Read(path);
            var own = Horizons.All.ToDictionary(days => days, days => Forecasts(model, history, days, from, trainedTo));
            foreach (var days in Horizons.All)
            {
                all[days].AddRange(own[days]);
                var (score, baseline) = Scores(own[days]);
                skills[days].Add((symbol, score.SkillAgainst(baseline)));
            }

            File.WriteAllText(Path.Combine(output, $"{symbol}.svg"), Svg($"{symbol} {model.Metadata.ModelVersion}, from {from:yyyy-MM-dd}", own));
        }

        File.WriteAllText(Path.Combine(output, "all.svg"), Svg($"All models, from {from:yyyy-MM-dd}", all));
        Console.WriteLine("| horizon | forecasts | accuracy | of the frequencies | Brier score | of the frequencies | skill | least symbol | ECE | of the frequencies |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var days in Horizons.All)
        {
            var (score, baseline) = Scores(all[days]);
            var least = skills[days].MinBy(pair => pair.Skill);
            Console.WriteLine(FormattableString.Invariant(
                $"| {days} days | {score.Count} | {score.Accuracy:F3} | {baseline.Accuracy:F3} | {score.Brier:F4} | {baseline.Brier:F4} | {score.SkillAgainst(baseline):F4} | {least.Symbol} {least.Skill:F4} | {score.CalibrationError:F3} | {baseline.CalibrationError:F3} |"));
        }
    }

    private static (ForecastScore Score, ForecastScore Baseline) Scores(List<Forecast> forecasts)
    {
        var outcomes = forecasts.ConvertAll(forecast => forecast.Outcome);
        return (ForecastScore.Of(forecasts.ConvertAll(forecast => forecast.Said), outcomes), ForecastScore.Of(forecasts.ConvertAll(forecast => forecast.Frequencies), outcomes));
    }

    private static List<Forecast> Forecasts(Checkpoint model, LabelledHistory history, int days, DateOnly from, DateOnly trainedTo)
    {
        var network = CryptoLstm.Create(model.Weights);
        var probabilities = new float[Outlook.Classes];
        var frequencies = history.FrequenciesUpTo(trainedTo, days);
        var forecasts = new List<Forecast>();
        foreach (var day in history.Features.Days.ToArray().Where(day => day >= from))
        {
            if (history.OutcomeOf(day, days) is not { } outcome || history.Features.WindowEndingAt(day, model.SequenceLength) is not { } known)
                continue;
            network.Forward(FeatureWindow.Standardise(known, model.SequenceLength, model.Scaler), probabilities);
            forecasts.Add(new(model.Calibrations is { } calibrations ? calibrations[days].Apply(probabilities) : [.. probabilities.Select(p => (double)p)], frequencies, outcome));
        }

        return forecasts;
    }

    private sealed record Forecast(double[] Said, double[] Frequencies, Direction Outcome);

    private static string Svg(string title, Dictionary<int, List<Forecast>> forecasts)
    {
        var said = forecasts.ToDictionary(pair => pair.Key, pair => pair.Value.SelectMany(forecast => forecast.Said.Select((p, c) => (Said: p, Happened: c == (int)forecast.Outcome))).ToList());
        var svg = new StringBuilder();
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Size + (2 * Margin)} {Size + (2 * Margin)}\" font-family=\"sans-serif\" font-size=\"11\">");
        Line($"<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><text x=\"{Margin}\" y=\"18\" font-size=\"13\">{title}</text>");
        Line($"<rect x=\"{Margin}\" y=\"{Margin}\" width=\"{Size}\" height=\"{Size}\" fill=\"none\" stroke=\"#999\"/>");
        Line($"<line x1=\"{X(0)}\" y1=\"{Y(0)}\" x2=\"{X(1)}\" y2=\"{Y(1)}\" stroke=\"#999\" stroke-dasharray=\"4\"/>");
        foreach (var tick in new[] { 0, 0.25, 0.5, 0.75, 1 })
            Line($"<text x=\"{X(tick)}\" y=\"{Y(0) + 15}\" text-anchor=\"middle\">{tick}</text><text x=\"{X(0) - 6}\" y=\"{Y(tick) + 4}\" text-anchor=\"end\">{tick}</text>");
        Line($"<text x=\"{X(0.5)}\" y=\"{Y(0) + 32}\" text-anchor=\"middle\">probability given to a class</text>");
        Line($"<text transform=\"translate(12 {Y(0.5)}) rotate(-90)\" text-anchor=\"middle\">share that happened</text>");
        foreach (var (days, colour, at) in Horizons.All.Select((days, i) => (days, Colours[i], i)))
        {
            var bins = said[days].GroupBy(pair => Math.Min(Bins - 1, (int)(pair.Said * Bins))).OrderBy(bin => bin.Key)
                .Select(bin => (Said: bin.Average(pair => pair.Said), Happened: bin.Average(pair => pair.Happened ? 1.0 : 0), Share: (double)bin.Count() / said[days].Count)).ToArray();
            Line($"<polyline fill=\"none\" stroke=\"{colour}\" points=\"{string.Join(' ', bins.Select(bin => FormattableString.Invariant($"{X(bin.Said):F1},{Y(bin.Happened):F1}")))}\"/>");
            foreach (var bin in bins)
                Line($"<circle cx=\"{X(bin.Said):F1}\" cy=\"{Y(bin.Happened):F1}\" r=\"{1.5 + (8 * Math.Sqrt(bin.Share)):F1}\" fill=\"{colour}\" fill-opacity=\"0.6\"/>");
            Line($"<text x=\"{Margin + 8}\" y=\"{Margin + 16 + (at * 15)}\" fill=\"{colour}\">{days} days, {said[days].Count / Outlook.Classes} forecasts</text>");
        }

        Line($"</svg>");
        return svg.ToString();

        void Line(FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
        static double X(double value) => Margin + (value * Size);
        static double Y(double value) => Margin + ((1 - value) * Size);
    }
}
