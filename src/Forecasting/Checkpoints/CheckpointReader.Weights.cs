using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// The network's tensors. Sizes come from them, never from config: the hidden sizes from the recurrent weights, the width of fc1 from its own.
public static partial class CheckpointReader
{
    private const int LayerCount = 3;
    private const int Gates = 4;
    private const long MaxWidth = 4096;

    // nine times the largest network known in use (256/128/64: 530,000)
    private const long MaxParameters = 5_000_000;

    private const string WeightsKey = "model_state_dict";

    // Lightning's key, and that of many trainers
    private const string StateDictKey = "state_dict";
    private const string ModelKey = "model";

    // written before each name by DataParallel and AveragedModel, by torch.compile, and by a Lightning module around the network; in any nesting
    private static readonly string[] Wrappers = ["module.", "_orig_mod.", "model."];

    // AveragedModel's counter
    private const string AveragedCount = "n_averaged";

    private const string Repair = "torch.save({\"model_state_dict\": model.state_dict(), \"config\": {\"sequence_length\": N}}, FILE)";

    private static readonly string[] TensorNames =
    [
        .. Enumerable.Range(1, LayerCount).SelectMany(l =>
            new[] { $"lstm{l}.weight_ih_l0", $"lstm{l}.weight_hh_l0", $"lstm{l}.bias_ih_l0", $"lstm{l}.bias_hh_l0" }),
        "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias",
    ];

    private static readonly HashSet<string> KnownTensors = new(TensorNames, StringComparer.Ordinal);

    /// <summary>
    /// The dict of a network's tensors; <paramref name="Key"/> is null where it is the file's own dict, as <c>torch.save(model.state_dict())</c> writes it.
    /// </summary>
    private sealed record StateDict(PickleDict Content, string? Key)
    {
        public SourceLocation At(SourceLocation file, string tensor) =>
            file.At($"{(Key is null ? "" : $"{Key}, ")}tensor {SourceLocation.Quote(tensor)}");
    }

    /// <summary>A network's tensors by name, with the prefixes that its names had, and the entries that are no part of it.</summary>
    private sealed record NetworkTensors(Dictionary<string, TensorRef> ByName, IReadOnlyList<string> Prefixes, IReadOnlyList<string> Unread);

    private static StateDict FindStateDict(PickleDict root, SourceLocation file)
    {
        if (Array.Find([WeightsKey, StateDictKey], key => root.Get(key) is not null) is { } named)
        {
            return NamedStateDict(root, named, file);
        }

        // the name of a model may lie under this key too, and tensors that are no weights beside it
        if (root.Get(ModelKey) is PickleDict or PickleObject && !root.Keys.Any(key => KnownTensors.Contains(Unwrap(key))))
        {
            return NamedStateDict(root, ModelKey, file);
        }

        return root.Keys.Any(key => root.Get(key) is TensorRef { Shape.Length: > 0 })
            ? new StateDict(root, null)
            : throw file.At(WeightsKey).Refuse($"it is missing, expected a dict of tensors, under this key or {StateDictKey}: save the file with {Repair}");
    }

    private static StateDict NamedStateDict(PickleDict root, string key, SourceLocation file) => root.Get(key) switch
    {
        PickleDict dict => new StateDict(dict, key),
        PickleObject module => throw file.At(key).Refuse($"{WholeModule(module)}, expected a dict of tensors: save the file with {Repair}"),
        null => throw file.At(key).Refuse("it is missing, expected a dict of tensors"),
        var other => throw file.At(key).Refuse($"{PickleValue.Describe(other)}, expected a dict of tensors"),
    };

    private static string WholeModule(PickleObject module) =>
        $"an object of {module.Made.Quoted} (a whole module?), whose code would have to run and is not in the file";

    /// <summary>The tensors by name. All must exist, and no others: an unknown one would be a part of the network that is not computed.</summary>
    private static NetworkTensors FindTensors(StateDict state, SourceLocation file)
    {
        var tensors = new Dictionary<string, TensorRef>(StringComparer.Ordinal);
        var storedAs = new Dictionary<string, string>(StringComparer.Ordinal);
        var unread = new List<string>();
        foreach (var stored in state.Content.Keys)
        {
            var name = Unwrap(stored);
            var value = state.Content.Get(stored);
            if (!KnownTensors.Contains(name) && (name == AveragedCount ? value is TensorRef { Shape.Length: 0 } : state.Key is null && value is not TensorRef))
            {
                unread.Add(stored);
                continue;
            }

            var place = state.At(file, stored);
            if (!KnownTensors.Contains(name))
            {
                throw place.Refuse("it is no part of a CryptoLSTM, expected lstm1, lstm2, lstm3 (one layer, one direction), fc1 and fc2 alone"
                    + OtherPrefix(state.Content));
            }

            var tensor = value as TensorRef ?? throw place.Refuse($"{PickleValue.Describe(value)}, expected a tensor");
            if (!tensor.Storage.Type.IsFloat())
            {
                throw place.Refuse($"elements of {tensor.Storage.Type.Name()}, expected float32, float64, float16 or bfloat16");
            }

            if (!tensors.TryAdd(name, tensor))
            {
                throw place.Refuse($"it and {SourceLocation.Quote(storedAs[name])} are both {name}, expected one of them");
            }

            storedAs[name] = stored;
        }

        return Array.Find(TensorNames, n => !tensors.ContainsKey(n)) is { } missing
            ? throw state.At(file, missing).Refuse("it is missing")
            : new NetworkTensors(tensors, [.. storedAs.Select(pair => pair.Value[..^pair.Key.Length]).Where(prefix => prefix.Length > 0).Distinct()], unread);
    }

    private static string Unwrap(string stored)
    {
        var name = stored.AsSpan();
        for (var at = 0; at < Wrappers.Length; at++)
        {
            if (name.StartsWith(Wrappers[at], StringComparison.Ordinal))
            {
                name = name[Wrappers[at].Length..];
                at = -1;
            }
        }

        return name.Length == stored.Length ? stored : name.ToString();
    }

    /// <summary>Names the prefix of another wrapper, and how to remove it.</summary>
    private static string OtherPrefix(PickleDict state)
    {
        var known = TensorNames[0];
        var prefix = state.Keys.FirstOrDefault(key => key.Length > known.Length && key.EndsWith("." + known, StringComparison.Ordinal))?[..^known.Length];
        if (prefix is null)
        {
            return ", or no such tensor: save the file without it";
        }

        var whose = state.Keys.All(key => key.StartsWith(prefix, StringComparison.Ordinal)) ? "every name begins" : "the network's names begin";
        var quoted = SourceLocation.Quote(prefix);
        return $"; {whose} with {quoted}: save {{name.removeprefix({quoted}): t for name, t in state_dict.items() if name.startswith({quoted})}}";
    }

    /// <summary>The network under a key of a file's dict, with the same checks as a checkpoint's.</summary>
    internal static CryptoLstmWeights ReadNetwork(PickleDict root, string key, TensorStorages storages, SourceLocation file)
    {
        var state = NamedStateDict(root, key, file);
        return ReadWeights(FindTensors(state, file).ByName, storages, state, file);
    }

    private static CryptoLstmWeights ReadWeights(Dictionary<string, TensorRef> tensors, TensorStorages storages, StateDict state, SourceLocation file)
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
            throw file.At(state.Key ?? file.Where).Refuse($"{parameters} parameters, expected at most {MaxParameters}");
        }

        return new CryptoLstmWeights([.. Enumerable.Range(1, LayerCount).Select(Layer)], Linear("fc1"), Linear("fc2"));

        SourceLocation At(string name) => state.At(file, name);

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
