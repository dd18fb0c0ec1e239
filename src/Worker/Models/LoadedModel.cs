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

    public int SequenceLength { get; } = checkpoint.SequenceLength;

    public CheckpointMetadata Metadata { get; } = checkpoint.Metadata;

    public string Digest { get; } = checkpoint.Digest;

    /// <summary>The classes' probabilities at the table's last row, [3].</summary>
    public float[] Forward(FeatureTable features)
    {
        var probabilities = new float[3];
        Network.Forward(FeatureWindow.Standardise(features, SequenceLength, Scaler), probabilities);
        return probabilities;
    }
}
