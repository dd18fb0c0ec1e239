using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Checkpoints.Zip;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>The facts that are written beside the weights. Values are null, bool, int, double, string, and lists and string-keyed dicts of them.</summary>
/// <param name="Epoch">The epoch of the weights.</param>
/// <param name="ValidationLoss"><c>best_val_loss</c></param>
/// <param name="ValidationAccuracy"><c>best_val_accuracy</c>, 0..1.</param>
/// <param name="SequenceLength"><c>config.sequence_length</c></param>
public sealed record CheckpointFacts(int Epoch, double ValidationLoss, double ValidationAccuracy, int SequenceLength)
{
    /// <summary><c>metrics</c></summary>
    public Dictionary<string, object?> Metrics { get; init; } = [];

    /// <summary><c>metadata</c>: model_version, trained_at, trained_through, ...</summary>
    public Dictionary<string, object?> Metadata { get; init; } = [];
}

/// <summary>Writes a checkpoint as <c>torch.save</c> does, so that <c>torch.load(weights_only=True)</c> reads it. Equal content gives equal bytes.</summary>
public static class CheckpointWriter
{
    /// <summary>The bytes of a file.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="scaler">The fitted standardisation, written by feature name; null for none.</param>
    /// <param name="facts">What is written beside them.</param>
    public static byte[] Write(CryptoLstmWeights weights, FeatureScaler? scaler, CheckpointFacts facts)
    {
        var root = new Dictionary<string, object?>
        {
            ["epoch"] = facts.Epoch,
            ["model_state_dict"] = StateDict(weights),
            ["optimizer_state_dict"] = new Dictionary<string, object?>
            {
                ["state"] = new Dictionary<string, object?>(),
                ["param_groups"] = new List<object?>()
            },
            ["best_val_loss"] = facts.ValidationLoss,
            ["best_val_accuracy"] = facts.ValidationAccuracy,
            ["metrics"] = facts.Metrics,
            ["config"] = new Dictionary<string, object?>
            {
                ["input_size"] = weights.Inputs,
                ["hidden_sizes"] = new List<object?>(weights.Layers.Select(l => (object?)l.Hidden)),
                ["sequence_length"] = facts.SequenceLength,
            },
        };
        if (scaler is not null)
        {
            root["scaler"] = new Dictionary<string, object?> { ["mean"] = ByName(scaler.Mean), ["std"] = ByName(scaler.Scale) };
        }

        root["metadata"] = facts.Metadata;
        return Save(root);
    }

    /// <summary>A file of any content, as torch.save writes one.</summary>
    internal static byte[] Save(Dictionary<string, object?> root)
    {
        var pickler = new Pickler();
        var pickle = pickler.Write(root);
        return StoredZipWriter.Write([
            ("archive/data.pkl", pickle),
            .. pickler.Storages.Select((s, i) => ($"archive/data/{i}", s)),
            ("archive/version", "3\n"u8.ToArray())]);
    }

    /// <summary>A network's tensors by name.</summary>
    internal static OrderedDictToWrite StateDict(CryptoLstmWeights weights) =>
        new([.. Tensors(weights).Select(t => KeyValuePair.Create(t.Name, (object?)t.Tensor))]);

    private static List<(string Name, TensorToWrite Tensor)> Tensors(CryptoLstmWeights weights)
    {
        var tensors = new List<(string, TensorToWrite)>();
        for (var l = 0; l < weights.Layers.Count; l++)
        {
            var layer = weights.Layers[l];
            tensors.Add(($"lstm{l + 1}.weight_ih_l0", new(layer.InputWeights, 4 * layer.Hidden, layer.Inputs)));
            tensors.Add(($"lstm{l + 1}.weight_hh_l0", new(layer.RecurrentWeights, 4 * layer.Hidden, layer.Hidden)));
            tensors.Add(($"lstm{l + 1}.bias_ih_l0", new(layer.InputBias, 4 * layer.Hidden)));
            tensors.Add(($"lstm{l + 1}.bias_hh_l0", new(layer.RecurrentBias, 4 * layer.Hidden)));
        }

        foreach (var (name, linear) in new[] { ("fc1", weights.Fc1), ("fc2", weights.Fc2) })
        {
            tensors.Add(($"{name}.weight", new(linear.Weights, linear.Outputs, linear.Inputs)));
            tensors.Add(($"{name}.bias", new(linear.Bias, linear.Outputs)));
        }

        return tensors;
    }

    private static Dictionary<string, object?> ByName(double[] values) =>
        Enumerable.Range(0, FeatureNames.Count).ToDictionary(i => FeatureNames.All[i], i => (object?)values[i]);
}
