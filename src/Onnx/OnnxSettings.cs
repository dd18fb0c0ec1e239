using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Onnx;

/// <summary>
/// The entries of <c>metadata_props</c>, which have the role of a checkpoint's config. Nothing that changes an answer is guessed: a missing required
/// entry is refused, and so is an unknown entry that seems to be about the input.
/// </summary>
internal sealed class OnnxSettings
{
    private const int MaxTextLength = 64 << 10;

    private static readonly string[] Known =
        ["sequence_length", "features", "scaler", "output", "calibration", "model_version", "trained_at", "trained_through", "test_accuracy"];

    private static readonly string[] Marks = ["seq", "window", "lookback", "feature", "scal", "calib", "normal", "standard", "output", "class", "label"];

    private readonly IReadOnlyDictionary<string, string> _entries;
    private readonly SourceLocation _file;

    public OnnxSettings(IReadOnlyDictionary<string, string> entries, SourceLocation file)
    {
        (_entries, _file) = (entries, file);
        foreach (var key in entries.Keys.Where(key => !Known.Contains(key)))
        {
            if (Array.Exists(Marks, mark => key.Contains(mark, StringComparison.OrdinalIgnoreCase)))
            {
                throw At("metadata_props").Refuse(
                    $"the entry {SourceLocation.Quote(key)} is not understood, expected {string.Join(", ", Known)}, or something of another kind");
            }
        }
    }

    public int SequenceLength()
    {
        var text = Required("sequence_length", $"a whole number from 1 to {CheckpointReader.MaxSequenceLength}");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 1 and <= CheckpointReader.MaxSequenceLength
            ? length
            : throw Refuse("sequence_length", $"a whole number from 1 to {CheckpointReader.MaxSequenceLength}");
    }

    /// <summary>The columns of the network's input features, in its order.</summary>
    public int[] Features()
    {
        const string expected = "a JSON list of names, as in [\"close\", \"rsi\"]";
        Required("features", expected);
        if (Json("features") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() is 0 or > FeatureNames.Count
            || list.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
        {
            throw Refuse("features", expected);
        }

        var columns = list.EnumerateArray().Select(name => IndexOf(name.GetString()!)).ToArray();
        return columns.Distinct().Count() == columns.Length ? columns : throw At("features").Refuse("a name is there twice, expected each once");

        int IndexOf(string name)
        {
            var column = Enumerable.Range(0, FeatureNames.Count).FirstOrDefault(i => FeatureNames.All[i] == name, -1);
            return column >= 0
                ? column
                : throw At("features").Refuse($"{SourceLocation.Quote(name)}, expected names among {string.Join(", ", FeatureNames.All)}");
        }
    }

    /// <summary>The standardisation of all 20 features; null where each window is standardised on its own.</summary>
    public FeatureScaler? Scaler(int[] features)
    {
        const string expected = "'window', 'none', or JSON with a mean and a scale for each feature, in the order of features";
        switch (Required("scaler", expected))
        {
            case "window":
                return null;
            case "none":
                return Of(Enumerable.Repeat(0.0, features.Length), Enumerable.Repeat(1.0, features.Length));
        }

        if (Json("scaler") is not { ValueKind: JsonValueKind.Object } stored || stored.EnumerateObject().Any(entry => entry.Name is not ("mean" or "scale")))
        {
            throw Refuse("scaler", expected);
        }

        var mean = Numbers(stored, "mean", features.Length, double.MinValue, double.MaxValue, "scaler");
        var scale = Numbers(stored, "scale", features.Length, 0, double.MaxValue, "scaler");
        return Array.Find(scale, value => value is > 0 and < CheckpointReader.LeastDeviation) is var tiny and > 0
            ? throw At("scaler").Refuse(
                FormattableString.Invariant($"the scale {tiny:R}, expected 0 or a standard deviation from {CheckpointReader.LeastDeviation:R}"))
            : Of(mean, scale);

        FeatureScaler Of(IEnumerable<double> means, IEnumerable<double> scales)
        {
            var whole = new FeatureScaler(ScalerKind.ByName, new double[FeatureNames.Count], new double[FeatureNames.Count]);
            foreach (var (column, (center, width)) in features.Zip(means.Zip(scales)))
            {
                (whole.Mean[column], whole.Scale[column]) = (center, width);
            }

            return whole;
        }
    }

    public bool GivesLogits() => _entries.GetValueOrDefault("output", "probabilities") switch
    {
        "probabilities" => false,
        "logits" => true,
        _ => throw Refuse("output", "'probabilities' or 'logits'"),
    };

    public CheckpointMetadata Metadata() => new(
        CheckpointReader.ReadVersion(_entries.GetValueOrDefault("model_version"), At("model_version")),
        CheckpointReader.ReadInstant(_entries.GetValueOrDefault("trained_at")),
        double.TryParse(_entries.GetValueOrDefault("test_accuracy"), NumberStyles.Float, CultureInfo.InvariantCulture, out var accuracy)
            && accuracy is >= 0 and <= 1
            ? accuracy
            : null,
        BestValAccuracy: null,
        BestValLoss: null,
        Epoch: null,
        CheckpointReader.ReadInstant(_entries.GetValueOrDefault("trained_through")) is { } last ? DateOnly.FromDateTime(last.UtcDateTime) : null);

    public Dictionary<int, ClassCalibration>? Calibrations()
    {
        if (!_entries.ContainsKey("calibration"))
        {
            return null;
        }

        var names = Horizons.All.Select(Horizons.Name).ToArray();
        if (Json("calibration") is not { ValueKind: JsonValueKind.Object } stored || !HasOnly(stored, names))
        {
            throw Refuse("calibration", $"JSON with {string.Join(", ", names)}");
        }

        return Horizons.All.ToDictionary(horizon => horizon, horizon =>
        {
            var one = stored.GetProperty(Horizons.Name(horizon));
            if (one.ValueKind != JsonValueKind.Object || !HasOnly(one, "scale", "bias")
                || one.GetProperty("scale") is not { ValueKind: JsonValueKind.Number } scale || scale.GetDouble() is not (>= 0 and <= CheckpointReader
                    .MaxScale))
            {
                throw Refuse("calibration", $"a scale from 0 to {CheckpointReader.MaxScale} and a bias for each class, of each timeframe");
            }

            var bias = Numbers(one, "bias", Classes.Count, -CheckpointReader.MaxBias, CheckpointReader.MaxBias, "calibration");
            return new ClassCalibration(scale.GetDouble(), bias);
        });
    }

    private double[] Numbers(JsonElement stored, string name, int count, double least, double most, string key)
    {
        if (!stored.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != count
            || list.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number))
        {
            throw At(key).Refuse($"no list of {count} numbers as {name}");
        }

        var numbers = list.EnumerateArray().Select(item => item.GetDouble()).ToArray();
        return Array.TrueForAll(numbers, number => number >= least && number <= most)
            ? numbers
            : throw At(key).Refuse(FormattableString.Invariant($"a number of {name} is out of range, expected finite ones from {least:R} to {most:R}"));
    }

    private static bool HasOnly(JsonElement stored, params string[] names) =>
        stored.EnumerateObject().Select(entry => entry.Name).Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal));

    private JsonElement? Json(string key)
    {
        var text = _entries[key];
        if (text.Length > MaxTextLength)
        {
            throw At(key).Refuse($"{text.Length:N0} characters, expected at most {MaxTextLength:N0}");
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Required(string key, string expected) =>
        _entries.TryGetValue(key, out var text) ? text : throw At("metadata_props").Refuse($"no entry '{key}', expected {expected}");

    private CheckpointException Refuse(string key, string expected) => At(key).Refuse($"{SourceLocation.Quote(_entries[key])}, expected {expected}");

    private SourceLocation At(string key) => _file.At(key == "metadata_props" ? key : $"metadata_props['{key}']");
}
