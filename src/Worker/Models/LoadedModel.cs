using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>A checkpoint in memory, ready to run. Immutable: whoever holds one may finish with it after a swap.</summary>
internal sealed class LoadedModel(string name, Checkpoint checkpoint)
{
    /// <summary>The checkpoint's file name without its extension, as in <c>BTC_best</c>.</summary>
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

    /// <summary>What the model says of a horizon after each of several windows, standardised.</summary>
    /// <param name="windows">[count, steps, 20]</param>
    /// <param name="count">Number of windows.</param>
    /// <param name="days">The horizon.</param>
    public Outlook[] OutlooksOf(ReadOnlySpan<float> windows, int count, int days)
    {
        var probabilities = new float[count * Outlook.Classes];
        Network.ForwardMany(windows, count, probabilities);
        return [.. Enumerable.Range(0, count).Select(i => OutlookOf(probabilities.AsSpan(i * Outlook.Classes, Outlook.Classes), days))];
    }

    /// <summary>What the model says on a past day of the days that follow, from what was known then; null where the day ends no window of consecutive days.</summary>
    /// <param name="features">Of a history that reaches over the day.</param>
    /// <param name="day">The window's last day.</param>
    /// <param name="days">The horizon.</param>
    public Outlook? OutlookOn(FeatureTable features, DateOnly day, int days)
    {
        if (features.WindowEndingAt(day, SequenceLength) is not { } known)
            return null;
        Span<float> probabilities = stackalloc float[Outlook.Classes];
        Network.Forward(FeatureWindow.Standardise(known, SequenceLength, Scaler), probabilities);
        return OutlookOf(probabilities, days);
    }

    /// <summary>Reads a checkpoint, checks it and runs it once, so that no request pays for cold code and pages.</summary>
    /// <exception cref="CheckpointException">The file is no checkpoint, or computes no probabilities.</exception>
    public static LoadedModel Read(string path)
    {
        var model = new LoadedModel(Path.GetFileNameWithoutExtension(path), CheckpointReader.Read(path));
        Span<float> probabilities = stackalloc float[3];
        model.Network.Forward(new float[model.SequenceLength * model.Network.Inputs], probabilities);
        // Finite weights can still overflow.
        foreach (var probability in probabilities)
        {
            if (!float.IsFinite(probability))
                throw new CheckpointException(path, "forward pass", $"a window of zeros has the probability {probability}, expected a number");
        }

        return model;
    }
}
