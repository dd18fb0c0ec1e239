using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Plots;

namespace Coinsphere.Messaging.Recipes;

/// <summary>
/// Reliability diagrams: of the classes that were given about some probability, how many occurred. One SVG a checkpoint, and one of all together.
/// </summary>
internal static class Reliability
{
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

    private static string Svg(string title, Dictionary<int, List<Forecast>> forecasts) => ReliabilityPlot.Svg(
        title,
        Horizons.All.Select(days => ($"{days} days", (IReadOnlyCollection<GivenProbability>)[.. forecasts[days].SelectMany(forecast =>
            forecast.Predicted.Select((p, c) => new GivenProbability(p, c == (int)forecast.Outcome)))])));
}
