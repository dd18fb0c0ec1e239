using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Onnx;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>A model in memory, ready to run. It is immutable: a request that holds one may finish with it after a swap.</summary>
/// <param name="name">The file's name without its extension.</param>
/// <param name="network">The network, with its weights.</param>
internal sealed class LoadedModel(string name, INetwork network)
{
    public string Name => name;

    public INetwork Network => network;

    public FeatureScaler? Scaler { get; init; }

    /// <summary>The calibration of the network's probabilities, by horizon of 7, 14 or 30 days; null where they are used as they are.</summary>
    public IReadOnlyDictionary<int, ClassCalibration>? Calibrations { get; init; }

    public required int SequenceLength { get; init; }

    public required CheckpointMetadata Metadata { get; init; }

    /// <summary>A hash of everything that changes an answer.</summary>
    public required string Digest { get; init; }

    /// <summary>The size of the weights in memory, in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Makes a model of a checkpoint, with an engine. The checkpoint's own copy of the weights can be freed.</summary>
    public static LoadedModel Of(string name, Checkpoint checkpoint, IEngine engine) => new(name, engine.Create(checkpoint.Weights))
    {
        Scaler = checkpoint.Scaler,
        Calibrations = checkpoint.Calibrations,
        SequenceLength = checkpoint.SequenceLength,
        Metadata = checkpoint.Metadata,
        Digest = checkpoint.Digest,
        Bytes = (long)checkpoint.Weights.ParameterCount * sizeof(float),
    };

    /// <summary>Makes a model of an ONNX file, with its engine. The file's content can be freed.</summary>
    /// <exception cref="CheckpointException">The first run of the network fails.</exception>
    public static LoadedModel Of(string name, OnnxModel model, OnnxEngine engine) => new(name, engine.Create(model))
    {
        Scaler = model.Scaler,
        Calibrations = model.Calibrations,
        SequenceLength = model.SequenceLength,
        Metadata = model.Metadata,
        Digest = model.Digest,
        Bytes = model.Content.Length,
    };

    /// <summary>What users of an answer about a symbol must know of the model, as a sentence without a full stop; null where there is nothing.</summary>
    public string? WarningFor(string symbol) => !CheckpointFolder.IsPooled(Name) ? null
        : $"{symbol} has no model of its own: the pooled network answers{(Metadata.IsTrainedOn(symbol) ? "" : $", which was not trained on {symbol}")}";

    /// <summary>The probabilities of a horizon: calibrated where the checkpoint has a calibration, else as the network gives them.</summary>
    public Outlook OutlookOf(ReadOnlySpan<float> probabilities, int days) =>
        Calibrations?[days] is { } calibration
            ? Outlook.Of(calibration.Apply(probabilities)) with { FromFrequencies = calibration.IsFrequencies, BaseRates = calibration.Frequencies() }
            : Outlook.Of(probabilities);

    /// <summary>The network's input for the newest window of a table, [steps, 20].</summary>
    /// <exception cref="CheckpointException">The scaler makes a value that is not a finite number.</exception>
    public float[] WindowOf(FeatureTable features)
    {
        var window = FeatureWindow.Standardise(features, SequenceLength, Scaler);
        if (FirstNoNumber(window) is { } at)
        {
            throw new CheckpointException(
                Name, "scaler", $"it makes {window[at]} of feature '{FeatureNames.All[at % FeatureNames.Count]}' in the window up to "
                    + $"{features.Days.Span[^1]:yyyy-MM-dd}, expected a number");
        }

        return window;
    }

    /// <summary>The classes' probabilities after each of several windows, [count, 3]. Calibrations are bounded, so finite probabilities stay finite.</summary>
    /// <param name="windows">[count, steps, 20]</param>
    /// <param name="count">Number of windows.</param>
    /// <exception cref="CheckpointException">The network computes a value that is not a finite number: finite weights can still overflow.</exception>
    public float[] Run(ReadOnlySpan<float> windows, int count = 1)
    {
        var probabilities = new float[count * Classes.Count];
        if (count == 1)
        {
            Network.Forward(windows, probabilities);
        }
        else
        {
            Network.ForwardMany(windows, count, probabilities);
        }

        return FirstNoNumber(probabilities) is { } at
            ? throw new CheckpointException(Name, "forward pass", $"a class has the probability {probabilities[at]}, expected a number from 0 to 1")
            : probabilities;
    }

    /// <summary>
    /// The network's probabilities on a past day, [3], from what was known on that day; null where the day does not end a window of consecutive days.
    /// </summary>
    /// <param name="features">Features of a history that includes the day.</param>
    /// <param name="day">The window's last day.</param>
    /// <exception cref="CheckpointException">A probability is not a finite number.</exception>
    public float[]? RunOn(FeatureTable features, DateOnly day) => features.WindowEndingAt(day, SequenceLength) is { } known ? Run(WindowOf(known)) : null;

    private static int? FirstNoNumber(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return null;
    }
}
