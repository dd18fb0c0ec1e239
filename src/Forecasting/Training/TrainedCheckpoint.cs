using System.Globalization;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>The checkpoint of a trained symbol.</summary>
public static class TrainedCheckpoint
{
    /// <summary>
    /// The bytes of its file. Its metadata say what it was trained on (<c>trained_through</c>, <c>data_digest</c>, <c>features</c>, <c>label_rule</c>,
    /// <c>training</c>), how its probabilities are calibrated (<c>calibration</c>, by timeframe), its <c>test_accuracy</c>,
    /// and of a pooled network the <c>symbols</c>; <c>metrics</c> hold the scores
    /// by period and timeframe.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="epoch">The epoch of its weights.</param>
    /// <param name="symbol">The symbol's own calibrations and scores.</param>
    /// <param name="plan">How it was trained.</param>
    /// <param name="trainedAt"><c>trained_at</c></param>
    public static byte[] Write(CryptoLstmWeights network, EpochReport epoch, TrainedSymbol symbol, TrainingPlan plan, DateTimeOffset trainedAt)
    {
        var trained = symbol.Horizons[TrainingPlan.Horizon];
        var metadata = new Dictionary<string, object?>
        {
            ["model_version"] = string.Create(CultureInfo.InvariantCulture, $"v{plan.ValidationEnd:yyyy.M.d}"),
            ["trained_at"] = trainedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["trained_through"] = Day(plan.ValidationEnd),
            ["validated_from"] = Day(plan.TrainingEnd.AddDays(1)),
            ["features"] = new List<object?>(TrainingPlan.ScaleFree.Select(column => (object?)FeatureNames.All[column])),
            ["label_rule"] = string.Create(
                CultureInfo.InvariantCulture,
                $"change of the close over {TrainingPlan.Horizon} days: below -{Outcome.Threshold} bearish (0), above {Outcome.Threshold} bullish (2), "
                    + $"else neutral (1)"),
            ["data_digest"] = symbol.DataDigest,
            ["training"] = plan.ToString(),
            ["calibration"] = symbol.Horizons.ToDictionary(pair => Horizons.Name(pair.Key), pair => (object?)new Dictionary<string, object?>
            {
                ["scale"] = pair.Value.Calibration.Scale,
                ["bias"] = new List<object?>(pair.Value.Calibration.Bias.Cast<object?>()),
            }),
        };
        if (symbol.Pools is not null)
        {
            metadata["symbols"] = symbol.Pools;
        }

        if (trained.Test is { } test)
        {
            metadata["test_accuracy"] = test.Model.Accuracy;
        }

        return CheckpointWriter.Write(network, symbol.Scaler, new(epoch.Epoch, epoch.ValidationLoss, epoch.ValidationAccuracy, plan.Steps)
        {
            Metadata = metadata,
            Metrics = symbol.Horizons.ToDictionary(pair => Horizons.Name(pair.Key), pair => (object?)new Dictionary<string, object?>
            {
                ["class_frequencies"] = new List<object?>(pair.Value.Frequencies.Cast<object?>()),
                ["validation"] = Scores(pair.Value.Validation),
                ["test"] = Scores(pair.Value.Test),
            }),
        });
    }

    private static Dictionary<string, object?>? Scores(ScoreBesideFrequencies? scores) => scores is null ? null : new()
    {
        ["forecasts"] = scores.Model.Count,
        ["accuracy"] = scores.Model.Accuracy,
        ["brier"] = scores.Model.Brier,
        ["log_loss"] = scores.Model.LogLoss,
        ["calibration_error"] = scores.Model.CalibrationError,
        ["class_frequencies_accuracy"] = scores.Frequencies.Accuracy,
        ["class_frequencies_brier"] = scores.Frequencies.Brier,
        ["brier_skill"] = scores.Skill,
    };

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
