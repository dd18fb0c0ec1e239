using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>A checkpoint in memory, ready to run. Immutable: whoever holds one may finish with it after a swap.</summary>
internal sealed class LoadedModel(string name, Checkpoint checkpoint)
{
    /// <summary>The checkpoint's file name without its extension.</summary>
    public string Name => name;

    // Holds the weights repacked; the checkpoint's own copy is not kept.
    public ICryptoLstm Network { get; } = CryptoLstm.Create(checkpoint.Weights);

    public FeatureScaler? Scaler { get; } = checkpoint.Scaler;

    private readonly IReadOnlyDictionary<int, ClassCalibration>? _calibrations = checkpoint.Calibrations;

    public int SequenceLength { get; } = checkpoint.SequenceLength;

    public CheckpointMetadata Metadata { get; } = checkpoint.Metadata;

    public string Digest { get; } = checkpoint.Digest;

    /// <summary>What the weights take in memory, in bytes.</summary>
    public long Bytes { get; } = (long)checkpoint.Weights.ParameterCount * sizeof(float);

    /// <summary>What the network's probabilities say of a horizon: calibrated where the checkpoint says how, else as they are.</summary>
    public Outlook OutlookOf(ReadOnlySpan<float> probabilities, int days) =>
        _calibrations?[days] is { } calibration
            ? Outlook.Of(calibration.Apply(probabilities)) with { FromFrequencies = calibration.IsFrequencies }
            : Outlook.Of(probabilities);

    /// <summary>The newest window of a table as the network is fed it, [steps, 20].</summary>
    /// <exception cref="CheckpointException">The scaler makes something else than numbers of it.</exception>
    public float[] WindowOf(FeatureTable features)
    {
        var window = FeatureWindow.Standardise(features, SequenceLength, Scaler);
        if (FirstNoNumber(window) is { } at)
        {
            throw new CheckpointException(
                Name, "scaler", $"it makes {window[at]} of feature '{FeatureNames.All[at % FeatureNames.Count]}' in the window up to {features.Days.Span[^1]:yyyy-MM-dd}, expected a number");
        }

        return window;
    }

    /// <summary>The classes' probabilities after each of several windows, [count, 3]. Calibrations are bounded so that what they make of numbers are numbers.</summary>
    /// <param name="windows">[count, steps, 20]</param>
    /// <param name="count">Number of windows.</param>
    /// <exception cref="CheckpointException">The network computes something else than numbers: finite weights can still overflow.</exception>
    public float[] Run(ReadOnlySpan<float> windows, int count = 1)
    {
        var probabilities = new float[count * Outlook.Classes];
        if (count == 1)
            Network.Forward(windows, probabilities);
        else
            Network.ForwardMany(windows, count, probabilities);
        return FirstNoNumber(probabilities) is { } at
            ? throw new CheckpointException(Name, "forward pass", $"a class has the probability {probabilities[at]}, expected a number from 0 to 1")
            : probabilities;
    }

    /// <summary>What the network says on a past day, [3], from what was known then; null where the day ends no window of consecutive days.</summary>
    /// <param name="features">Of a history that reaches over the day.</param>
    /// <param name="day">The window's last day.</param>
    /// <exception cref="CheckpointException">It is no number.</exception>
    public float[]? RunOn(FeatureTable features, DateOnly day) => features.WindowEndingAt(day, SequenceLength) is { } known ? Run(WindowOf(known)) : null;

    /// <summary>Reads a checkpoint, checks it and runs it once, so that no request pays for cold code and pages.</summary>
    /// <exception cref="CheckpointException">The file is no checkpoint, or computes no probabilities.</exception>
    public static LoadedModel Read(string path)
    {
        var model = new LoadedModel(Path.GetFileNameWithoutExtension(path), CheckpointReader.Read(path));
        model.Run(new float[model.SequenceLength * model.Network.Inputs]);
        return model;
    }

    private static int? FirstNoNumber(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return null;
    }
}
