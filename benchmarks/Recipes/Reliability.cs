using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Coinsphere.Messaging.Recipes;

/// <summary>
/// Reliability diagrams: of the classes that were given about some probability, how many occurred. One SVG a checkpoint, and one of all together.
/// </summary>
internal static class Reliability
{
    private const int Bins = 10;
    private static readonly OxyColor[] Colours = [OxyColor.Parse("#1b6ca8"), OxyColor.Parse("#d1495b"), OxyColor.Parse("#2e8b57")];

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
            {
                continue;
            }

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
        Console.WriteLine(
            "| horizon | forecasts | accuracy | of the frequencies | Brier score | of the frequencies | skill | least symbol | ECE | of the frequencies |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var days in Horizons.All)
        {
            var (score, baseline) = Scores(all[days]);
            var least = skills[days].MinBy(pair => pair.Skill);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {days} days | {score.Count} | {score.Accuracy:F3} | {baseline.Accuracy:F3} | {score.Brier:F4} | {baseline.Brier:F4} | "
                    + $"{score.SkillAgainst(baseline):F4} | {least.Symbol} {least.Skill:F4} | {score.CalibrationError:F3} | {baseline.CalibrationError:F3} |"));
        }
    }

    private static (ForecastScore Score, ForecastScore Baseline) Scores(List<Forecast> forecasts)
    {
        var outcomes = forecasts.ConvertAll(forecast => forecast.Outcome);
        return (
            ForecastScore.Of(forecasts.ConvertAll(forecast => forecast.Predicted), outcomes),
            ForecastScore.Of(forecasts.ConvertAll(forecast => forecast.Frequencies), outcomes));
    }

    private static List<Forecast> Forecasts(Checkpoint model, LabelledHistory history, int days, DateOnly from, DateOnly trainedTo)
    {
        var network = CryptoLstm.Create(model.Weights);
        var probabilities = new float[Classes.Count];
        var frequencies = history.FrequenciesUpTo(trainedTo, days);
        var forecasts = new List<Forecast>();
        foreach (var day in history.Features.Days.ToArray().Where(day => day >= from))
        {
            if (history.OutcomeOf(day, days) is not { } outcome || history.Features.WindowEndingAt(day, model.SequenceLength) is not { } known)
            {
                continue;
            }

            network.Forward(FeatureWindow.Standardise(known, model.SequenceLength, model.Scaler), probabilities);
            forecasts.Add(new(
                model.Calibrations is { } calibrations ? calibrations[days].Apply(probabilities) : [.. probabilities.Select(p => (double)p)],
                frequencies,
                outcome));
        }

        return forecasts;
    }

    private sealed record Forecast(double[] Predicted, double[] Frequencies, Direction Outcome);

    private static string Svg(string title, Dictionary<int, List<Forecast>> forecasts)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 13, Background = OxyColors.White, DefaultFont = "Arial", Padding = new(16, 16, 16, 16) };
        plot.Axes.Add(Axis(AxisPosition.Bottom, "probability given to a class"));
        plot.Axes.Add(Axis(AxisPosition.Left, "share that occurred"));
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop, LegendLineSpacing = 4 });
        plot.Series.Add(new LineSeries { Points = { new(0, 0), new(1, 1) }, Color = OxyColors.Gray, LineStyle = LineStyle.Dash, StrokeThickness = 1 });
        foreach (var (days, colour) in Horizons.All.Zip(Colours))
        {
            var curve = new LineSeries { Color = colour, StrokeThickness = 1, Title = $"{days} days     " };
            var dots = new ScatterSeries { MarkerType = MarkerType.Circle, MarkerFill = OxyColor.FromAColor(150, colour) };
            foreach (var bin in BinsOf(forecasts[days]))
            {
                curve.Points.Add(new(bin.Predicted, bin.Actual));
                dots.Points.Add(new(bin.Predicted, bin.Actual, 1.5 + (8 * Math.Sqrt(bin.Share))));
            }

            plot.Series.Add(curve);
            plot.Series.Add(dots);
        }

        return new SvgExporter { Width = 440, Height = 460, UseVerticalTextAlignmentWorkaround = true }.ExportToString(plot);
    }

    /// <summary>What was given to the classes by tenths: its mean, how often they came, and the share of all that is in the tenth.</summary>
    private static IEnumerable<(double Predicted, double Actual, double Share)> BinsOf(List<Forecast> forecasts)
    {
        var classes = forecasts
            .SelectMany(forecast => forecast.Predicted.Select((p, c) => (Predicted: p, Actual: c == (int)forecast.Outcome ? 1.0 : 0))).ToList();
        return classes.GroupBy(pair => Math.Min(Bins - 1, (int)(pair.Predicted * Bins))).OrderBy(bin => bin.Key)
            .Select(bin => (bin.Average(pair => pair.Predicted), bin.Average(pair => pair.Actual), (double)bin.Count() / classes.Count));
    }

    private static LinearAxis Axis(AxisPosition position, string title) =>
        new() { Position = position, Title = title, Minimum = 0, Maximum = 1, MajorStep = 0.25, MinorTickSize = 0, AxisTitleDistance = 12 };
}
