namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>A checkpoint, with details of its file for people.</summary>
/// <param name="Checkpoint">The checkpoint as it is served.</param>
/// <param name="Tensors">The network's tensors, in the order of the network.</param>
public sealed record CheckpointReport(Checkpoint Checkpoint, IReadOnlyList<TensorDescription> Tensors)
{
    /// <summary>The key of the network's tensors; null where the file is a bare state dict, as <c>torch.save(model.state_dict())</c> writes it.</summary>
    public string? WeightsKey { get; init; }

    /// <summary>The prefixes that were removed from the tensors' names, as in <c>_orig_mod.module.</c>.</summary>
    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>The key of the window length; null where there is none, and the default is used.</summary>
    public string? SequenceLengthKey { get; init; }

    /// <summary>The key of the feature names; null where there is none, and they are the 20 in their own order.</summary>
    public string? FeaturesKey { get; init; }

    /// <summary>Whether the file names its version; else <see cref="CheckpointMetadata.ModelVersion"/> is the default.</summary>
    public bool HasModelVersion { get; init; }

    /// <summary>The entries of the file of which nothing is used, by their keys.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>The widths from input to output, as in <c>20-128-64-32-16-3</c>.</summary>
    public string Architecture
    {
        get
        {
            var weights = Checkpoint.Weights;
            return string.Join('-', [weights.Inputs, .. weights.Layers.Select(l => l.Hidden), weights.Fc1.Outputs, weights.Fc2.Outputs]);
        }
    }
}

/// <summary>A tensor as its checkpoint stores it.</summary>
/// <param name="Name">Its name, without prefixes.</param>
/// <param name="DType">Its element type by PyTorch's name, as in <c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Shape">Its dimensions.</param>
public sealed record TensorDescription(string Name, string DType, IReadOnlyList<long> Shape);
