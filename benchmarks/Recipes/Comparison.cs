using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>The last day whose close decides a training label, a calibration, a score.</summary>
internal sealed record Periods(DateOnly Training, DateOnly Validation, DateOnly End);

/// <summary>Trains, calibrates and scores, and prints a row of a Markdown table each.</summary>
internal sealed class Comparison(IReadOnlyList<LabelledHistory> histories, Periods periods)
{
    private const double Penalty = 300;
    private static readonly TrainingOptions Plain = new() { Epochs = 12, Patience = 4, BatchSize = 64 };
    private static readonly TrainingOptions Strong = Plain with { Dropout = 0.4f, Adam = new(WeightDecay: 0.1), LabelSmoothing = 0.05f };
    private static readonly TrainingOptions Whole = Strong with { BatchSize = 256, Epochs = 20, EarlyStopping = false };

    public static Recipe[] All { get; } =
    [
        new("per symbol, window standardised, 128-64-32 x 90 (the original's)", false, Scaling.Window, [128, 64, 32], Plain, Stride: 2),
        new("per symbol, fitted scaler, 128-64-32 x 90", false, Scaling.Fitted, [128, 64, 32], Plain, Stride: 2),
        new("per symbol, scale-free features, 16-16-8 x 30", false, Scaling.ScaleFree, [16, 16, 8], Strong, Steps: 30),
        new("pooled, window standardised, 64-32-16 x 60", true, Scaling.Window, [64, 32, 16], Whole, Steps: 60, Stride: 3),
        new("pooled, fitted scaler a symbol, 64-32-16 x 60", true, Scaling.Fitted, [64, 32, 16], Whole, Steps: 60, Stride: 3),
        new("pooled, scale-free features, scaler a symbol, 64-32-16 x 60", true, Scaling.ScaleFree, [64, 32, 16], Whole, Steps: 60, Stride: 3),
        new("pooled, scale-free features, shared scaler, 16-16-8 x 30", true, Scaling.Shared, [16, 16, 8], Whole, Steps: 30, Stride: 2),
        new("pooled, scale-free features, shared scaler, 32-16-16 x 60", true, Scaling.Shared, [32, 16, 16], Whole, Steps: 60, Stride: 3),
        new("pooled, scale-free features, shared scaler, 64-32-16 x 60", true, Scaling.Shared, [64, 32, 16], Whole, Steps: 60, Stride: 3),
        new("pooled, scale-free features, shared scaler, 64-32-16 x 30", true, Scaling.Shared, [64, 32, 16], Whole, Steps: 30, Stride: 3),
        new(
            "the one before, no label smoothing, dropout 0.2",
            true,
            Scaling.Shared,
            [64, 32, 16],
            Whole with { Dropout = 0.2f, LabelSmoothing = 0 },
            Steps: 30,
            Stride: 3),
        new("taught half by the regression, 64-32-16 x 30", true, Scaling.Shared, [64, 32, 16], Whole with { TeacherShare = 0.5f }, Steps: 30, Stride: 3),
        new("taught by the regression, 64-32-16 x 30", true, Scaling.Shared, [64, 32, 16], Whole with { TeacherShare = 1 }, Steps: 30, Stride: 3),
        new(
            "the one before, frequencies where a symbol's validation shows no skill (shipped)",
            true,
            Scaling.Shared,
            [64, 32, 16],
            Whole with { TeacherShare = 1 },
            Steps: 30,
            Stride: 3,
            BySymbol: true),
        new("taught by the regression, 64-32-16 x 90", true, Scaling.Shared, [64, 32, 16], Whole with { TeacherShare = 1 }, Steps: 90, Stride: 3),
        new("without a teacher, 64-32-16 x 30, 3 seeds averaged", true, Scaling.Shared, [64, 32, 16], Whole, Steps: 30, Stride: 3, Seeds: 3),
    ];

    public void LastDirection() => Report("last direction", Stopwatch.GetTimestamp(), (history, days) =>
        [.. days.Select(day => history.OutcomeOf(day.AddDays(-TrainingPlan.Horizon), TrainingPlan.Horizon) is { } last
            ? [.. Enumerable.Range(0, 3).Select(c => c == (int)last ? 0.98f : 0.01f)]
            : new[] { 1 / 3f, 1 / 3f, 1 / 3f })]);

    private readonly SoftmaxRegression _regression = SoftmaxRegression.Train(histories, TrainingPlan.Horizon, periods.Training)!;

    public void Regression() => Report("logistic regression", Stopwatch.GetTimestamp(), (history, days) =>
        [.. days.Select(day => _regression.Predict(history.Features, history.Features.Days.Span.BinarySearch(day))!)]);

    public void Run(Recipe recipe)
    {
        var start = Stopwatch.GetTimestamp();
        var windows = histories.ToDictionary(history => history, history =>
        {
            var scaler = recipe.ScalerFor(history, histories, periods.Training);
            var samples = history.Windows(recipe.Steps, TrainingPlan.Horizon, scaler);
            if (recipe.Options.TeacherShare == 0)
            {
                return samples;
            }

            return [.. samples.Select(
                sample => sample with { Teacher = _regression.Predict(history.Features, history.Features.Days.Span.BinarySearch(sample.LastDay)) })];
        });
        var splits = histories.ToDictionary(
            history => history,
            history => TrainingSet.Split(windows[history], periods.Training, periods.Validation, TrainingPlan.Horizon));
        var networks = recipe.Pooled
            ? Train(recipe, [.. splits.Values.SelectMany(split => split.Training)], [.. splits.Values.SelectMany(split => split.Validation)]) is var shared
                ? histories.ToDictionary(history => history, _ => shared) : []
            : histories.Where(history => splits[history].Training.Count > 300 && splits[history].Validation.Count > 0)
                .ToDictionary(history => history, history => Train(recipe, splits[history].Training, splits[history].Validation));
        Report(recipe.Name, start, (history, days) =>
        {
            var byDay = windows[history].ToDictionary(sample => sample.LastDay);
            return [.. days.Select(day =>
            {
                var mean = new float[3];
                if (!networks.TryGetValue(history, out var members)) { return [1 / 3f, 1 / 3f, 1 / 3f]; } foreach (var network in members)
                {
                    var probabilities = new float[3];
                    network.Forward(byDay[day].Window, probabilities);
                    for (var c = 0; c < 3; c++) { mean[c] += probabilities[c] / members.Length; } }

                return mean;
            })];
        }, recipe.BySymbol);
    }

    private static ICryptoLstm[] Train(Recipe recipe, IReadOnlyList<TrainingSample> training, IReadOnlyList<TrainingSample> validation) =>
        [.. Enumerable.Range(1, recipe.Seeds).Select(seed =>
        {
            var options = recipe.Options with { Seed = seed };
            var state = new TrainingState(Parameters.Initial(20, recipe.Hidden, seed), options.Adam);
            Trainer.Train(
                state, [.. training.Where((_, i) => i % recipe.Stride == 0)], [.. validation.Where((_, i) => i % recipe.Stride == 0)], options,
                report => Console.Error
                    .WriteLine(FormattableString.Invariant($"{recipe.Name}: {report.Epoch} {report.TrainingLoss:F4} {report.ValidationLoss:F4}")));
            return CryptoLstm.Create(state.Best.ToWeights());
        })];

    // Calibrates on the validation period and scores on what follows it.
    private void Report(string name, long start, Func<LabelledHistory, DateOnly[], float[][]> predict, bool bySymbol = false)
    {
        var cells = new List<string>();
        var scales = new List<string>();
        var earliest = 91;
        foreach (var horizon in Horizons.All)
        {
            var validated = histories.ToDictionary(history => history, history =>
            {
                var days = Days(history, periods.Training, periods.Validation, horizon, earliest);
                var frequencies = history.FrequenciesUpTo(periods.Training, horizon);
                return predict(history, days).Select((p, i) => new ScoredForecast(p, frequencies, history.OutcomeOf(days[i], horizon)!.Value)).ToArray();
            });
            var scale = CalibrationFit.Scale([.. validated.Values.SelectMany(forecasts => forecasts)], Penalty);
            scales.Add(scale.ToString("F2", CultureInfo.InvariantCulture));
            var (all, baselines, outcomes) = (new List<double[]>(), new List<double[]>(), new List<Direction>());
            var least = double.MaxValue;
            foreach (var history in histories)
            {
                var days = Days(history, periods.Validation, periods.End, horizon, earliest);
                if (days.Length == 0)
                {
                    continue;
                }

                var frequencies = history.FrequenciesUpTo(periods.Training, horizon);
                var calibration = bySymbol ? CalibrationFit.ForSymbol(frequencies, scale, validated[history]) : CalibrationFit.For(frequencies, scale);
                double[][] own = [.. predict(history, days).Select(p => calibration.Apply(p))];
                double[][] baseline = [.. days.Select(_ => frequencies)];
                Direction[] happened = [.. days.Select(day => history.OutcomeOf(day, horizon)!.Value)];
                all.AddRange(own);
                baselines.AddRange(baseline);
                outcomes.AddRange(happened);
                least = Math.Min(least, ForecastScore.Of(own, happened).SkillAgainst(ForecastScore.Of(baseline, happened)));
            }

            var (score, reference) = (ForecastScore.Of(all, outcomes), ForecastScore.Of(baselines, outcomes));
            var skill = score.SkillAgainst(reference).ToString("F4", CultureInfo.InvariantCulture);
            cells.Add(horizon == TrainingPlan.Horizon
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{score.Accuracy:F3} ({reference.Accuracy:F3}) | {score.Brier:F4} ({reference.Brier:F4}) | "
                    + $"{skill} | {least:F4} | {score.CalibrationError:F3}")
                : FormattableString.Invariant($"{skill} ({least:F3}, {score.CalibrationError:F3})"));
        }

        Console.WriteLine($"| {name} | {string.Join(" | ", cells)} | {string.Join('/', scales)} | {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} |");
    }

    private static DateOnly[] Days(LabelledHistory history, DateOnly after, DateOnly end, int horizon, int earliest) =>
        [.. history.Features.Days.ToArray().Skip(earliest).Where(day => day > after && day.AddDays(horizon) <= end
            && history.OutcomeOf(day, horizon) is not null
            && history.OutcomeOf(day, TrainingPlan.Horizon) is not null)];
}
