using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// model_state_dict. Sizes come from the tensors, never from config: the hidden sizes from the recurrent weights, the width of fc1 from its own.
public static partial class CheckpointReader
{
    private const int LayerCount = 3;
    private const int Gates = 4;
    private const long MaxWidth = 4096;

    // nine times the largest network known in use (256/128/64: 530,000)
    private const long MaxParameters = 5_000_000;

    private const string WeightsKey = "model_state_dict";

    // the prefix that DataParallel writes before each name
    private const string ParallelPrefix = "module.";

    private static readonly string[] TensorNames =
    [
        .. Enumerable.Range(1, LayerCount).SelectMany(l =>
            new[] { $"lstm{l}.weight_ih_l0", $"lstm{l}.weight_hh_l0", $"lstm{l}.bias_ih_l0", $"lstm{l}.bias_hh_l0" }),
        "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
    ];

    /// <summary>The tensors by name. All must exist, and no others: an unknown one would be a part of the network that is not computed.</summary>
    private static Dictionary<string, TensorRef> FindTensors(PickleDict root, string key, SourceLocation file)
    {
        var state = Dict(root, key, file) ?? throw file.At(key).Refuse("it is missing, expected a dict of tensors");
        var tensors = new Dictionary<string, TensorRef>(StringComparer.Ordinal);
        foreach (var stored in state.Keys)
        {
            var name = stored.StartsWith(ParallelPrefix, StringComparison.Ordinal) ? stored[ParallelPrefix.Length..] : stored;
            var place = file.At($"{key}, tensor {SourceLocation.Quote(name)}");
            if (!TensorNames.Contains(name, StringComparer.Ordinal))
            {
                throw place.Refuse("it is no part of a CryptoLSTM, expected lstm1, lstm2, lstm3 (one layer, one direction), fc1 and fc2 alone");
            }

            var value = state.Get(stored);
            var tensor = value as TensorRef ?? throw place.Refuse($"{PickleValue.Describe(value)}, expected a tensor");
            if (!tensor.Storage.Type.IsFloat())
            {
                throw place.Refuse($"elements of {tensor.Storage.Type.Name()}, expected float32, float64, float16 or bfloat16");
            }

            if (!tensors.TryAdd(name, tensor))
            {
                throw place.Refuse($"it is there with and without the prefix {SourceLocation.Quote(ParallelPrefix)}, expected once");
            }
        }

        var missing = TensorNames.FirstOrDefault(n => !tensors.ContainsKey(n));
        return missing is null ? tensors : throw file.At($"{key}, tensor '{missing}'").Refuse("it is missing");
    }

    /// <summary>The network under a key of a file's dict, with the same checks as a checkpoint's.</summary>
    internal static CryptoLstmWeights ReadNetwork(PickleDict root, string key, TensorStorages storages, SourceLocation file) =>
        ReadWeights(FindTensors(root, key, file), storages, file.At(key));

    private static CryptoLstmWeights ReadWeights(Dictionary<string, TensorRef> tensors, TensorStorages storages, SourceLocation dict)
    {
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        var hidden = new int[LayerCount];
        var inputs = FeatureNames.Count;
        for (var l = 1; l <= LayerCount; l++)
        {
            var width = hidden[l - 1] = Width($"lstm{l}.weight_hh_l0", 1);
            shapes[$"lstm{l}.weight_ih_l0"] = [Gates * width, inputs];
            shapes[$"lstm{l}.weight_hh_l0"] = [Gates * width, width];
            shapes[$"lstm{l}.bias_ih_l0"] = shapes[$"lstm{l}.bias_hh_l0"] = [Gates * width];
            inputs = width;
        }

        var fc1 = Width("fc1.weight", 0);
        shapes["fc1.weight"] = [fc1, inputs];
        shapes["fc1.bias"] = [fc1];
        shapes["fc2.weight"] = [Classes.Count, fc1];
        shapes["fc2.bias"] = [Classes.Count];

        // checked before any is read: only a network of reasonable size uses memory
        foreach (var name in TensorNames)
        {
            if (!tensors[name].Shape.SequenceEqual(shapes[name]))
            {
                throw At(name).Refuse($"shape {TensorRef.Show(tensors[name].Shape)}, expected {TensorRef.Show(shapes[name])}");
            }
        }

        var parameters = tensors.Values.Sum(t => t.Count);
        if (parameters > MaxParameters)
        {
            throw dict.Refuse($"{parameters} parameters, expected at most {MaxParameters}");
        }

        return new CryptoLstmWeights([.. Enumerable.Range(1, LayerCount).Select(Layer)], Linear("fc1"), Linear("fc2"));

        SourceLocation At(string name) => dict.At($"{dict.Where}, tensor '{name}'");

        int Width(string name, int dimension) => tensors[name].Shape is { Length: 2 } shape && shape[dimension] is >= 1 and <= MaxWidth
            ? (int)shape[dimension]
            : throw At(name).Refuse($"shape {TensorRef.Show(tensors[name].Shape)}, expected two dimensions of 1 to {MaxWidth} units");

        float[] Read(string name) => storages.Floats(tensors[name], At(name));

        LstmLayerWeights Layer(int l) => new(
            (int)shapes[$"lstm{l}.weight_ih_l0"][1], hidden[l - 1],
            Read($"lstm{l}.weight_ih_l0"), Read($"lstm{l}.weight_hh_l0"), Read($"lstm{l}.bias_ih_l0"), Read($"lstm{l}.bias_hh_l0"));

        LinearWeights Linear(string name) => new(
            (int)shapes[$"{name}.weight"][1], (int)shapes[$"{name}.weight"][0], Read($"{name}.weight"), Read($"{name}.bias"));
    }
}
