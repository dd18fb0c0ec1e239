namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>A checkpoint, with details of its file for people.</summary>
/// <param name="Checkpoint">The checkpoint as it is served.</param>
/// <param name="Tensors">The tensors of <c>model_state_dict</c>, in the order of the network.</param>
public sealed record CheckpointReport(Checkpoint Checkpoint, IReadOnlyList<TensorDescription> Tensors)
{
    /// <summary>The key of the window length; null where there is none, and the default is used.</summary>
    public string? SequenceLengthKey { get; init; }

    /// <summary>The key of the feature names; null where there is none, and they are the 20 in their own order.</summary>
    public string? FeaturesKey { get; init; }

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
/// <param name="Name">Its key in <c>model_state_dict</c>.</param>
/// <param name="DType">Its element type by PyTorch's name, as in <c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Shape">Its dimensions.</param>
public sealed record TensorDescription(string Name, string DType, IReadOnlyList<long> Shape);
