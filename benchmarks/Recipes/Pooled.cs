using System.Globalization;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>The pooled network's checkpoint of checkpoints that share one network, and its scores for symbols that it was not trained on.</summary>
internal static class Pooled
{
    private static readonly string FileName = $"{TrainingGroup.PooledName}_best.pth";

    /// <summary>Writes the checkpoint with the weights, scaler and facts of the symbols' own ones. Only the calibration is fitted anew.</summary>
    /// <param name="histories">The symbols that the network was trained on.</param>
    /// <param name="checkpoints">Their checkpoints' folder.</param>
    /// <param name="through">The last day that they were scored on.</param>
    public static void Write(IReadOnlyList<LabelledHistory> histories, string checkpoints, DateOnly through)
    {
        var own = histories.Select(history => CheckpointReader.Read(Path.Combine(checkpoints, $"{history.Series.Symbol}_best.pth"))).ToArray();
        var first = own[0];
        var plan = new TrainingPlan { Through = through, TestDays = through.DayNumber - first.Metadata.TrainedThrough!.Value.DayNumber };
        var group = new TrainingGroup(histories, plan);
        var trained = group.Finish(first.Weights);
        foreach (var (symbol, checkpoint) in trained.Zip(own))
        {
            if (!new Parameters(checkpoint.Weights).Values.AsSpan().SequenceEqual(new Parameters(first.Weights).Values))
            {
                throw new InvalidOperationException($"{symbol.Symbol} has another network than {trained[0].Symbol}");
            }

            var scales = Horizons.All.Select(days => string.Create(
                CultureInfo.InvariantCulture, $"{checkpoint.Calibrations![days].Scale:F6} {symbol.Horizons[days].Calibration.Scale:F6}"));
            Console.WriteLine($"{symbol.Symbol}: scales of the file, and fitted now: {string.Join(", ", scales)}");
        }

        var facts = first.Metadata;
        var epoch = new EpochReport((int)facts.Epoch!.Value, TrainingLoss: 0, facts.BestValLoss!.Value, facts.BestValAccuracy!.Value, IsBest: true);
        File.WriteAllBytes(
            Path.Combine(checkpoints, FileName),
            TrainedCheckpoint.Write(first.Weights, epoch, group.FinishPooled(first.Weights) with { Scaler = first.Scaler! }, plan, facts.TrainedAt!.Value));
    }

    /// <summary>Prints the scores for symbols without a checkpoint, beside the frequencies that each had up to the day of a forecast.</summary>
    /// <param name="histories">All symbols.</param>
    /// <param name="checkpoints">The checkpoints' folder.</param>
    /// <param name="years">The years of the forecasts.</param>
    public static void Score(IReadOnlyList<LabelledHistory> histories, string checkpoints, IReadOnlyList<int> years)
    {
        var model = CheckpointReader.Read(Path.Combine(checkpoints, FileName));
        var network = CryptoLstm.Create(model.Weights);
        var others = histories.Where(history => !model.Metadata.IsTrainedOn(history.Series.Symbol)).ToArray();
        Console.WriteLine("| year | horizon | symbol | forecasts | Brier score | of the base rate | log loss | of the base rate |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var year in years)
        {
            foreach (var days in Horizons.All)
            {
                var all = new List<Scored>();
                foreach (var history in others)
                {
                    var own = Forecasts(model, network, history, days, year);
                    if (own.Count > 0)
                    {
                        all.AddRange(own);
                        Row(history.Series.Symbol, own);
                    }
                }

                Row("all", all);

                void Row(string symbol, List<Scored> scored)
                {
                    var outcomes = scored.ConvertAll(one => one.Outcome);
                    var (score, rate) = (
                        ForecastScore.Of(scored.ConvertAll(one => one.Predicted), outcomes),
                        ForecastScore.Of(scored.ConvertAll(one => one.BaseRate), outcomes));
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {year} | {days} days | {symbol} | {score.Count} | {score.Brier:F4} | {rate.Brier:F4} | {score.LogLoss:F4} | {rate.LogLoss:F4} |"));
                }
            }
        }
    }

    private static List<Scored> Forecasts(Checkpoint model, ICryptoLstm network, LabelledHistory history, int days, int year)
    {
        var rates = new Outcomes(history.Series).FrequenciesByDay(days);
        var probabilities = new float[Classes.Count];
        var scored = new List<Scored>();
        foreach (var day in history.Features.Days.ToArray().Where(day => day.Year == year))
        {
            if (history.OutcomeOf(day, days) is { } outcome && history.Features.WindowEndingAt(day, model.SequenceLength) is { } known)
            {
                network.Forward(FeatureWindow.Standardise(known, model.SequenceLength, model.Scaler), probabilities);
                scored.Add(new(model.Calibrations![days].Apply(probabilities), rates[day], outcome));
            }
        }

        return scored;
    }

    private sealed record Scored(double[] Predicted, double[] BaseRate, Direction Outcome);
}
