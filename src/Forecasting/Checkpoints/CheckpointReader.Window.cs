using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// Window length and feature order. Trainers write them under many names, beside config or in it. With another length or order than in training, a
// model gives wrong answers that look right. So such an entry is either understood or the file is refused; it is never ignored.
public static partial class CheckpointReader
{
    private const int DefaultSequenceLength = 90;
    internal const int MaxSequenceLength = 4096;
    private const int SettingsDepth = 6;

    // lower case, letters and digits alone
    private static readonly HashSet<string> LengthKeys = new(StringComparer.Ordinal)
    {
        "sequencelength", "sequencelen", "seqlength", "seqlen", "window", "windowsize", "windowlength", "windowlen", "lookback", "lookbackwindow",
        "lookbackdays", "lookbackperiod",
        "lookbacklength", "timesteps", "ntimesteps", "numtimesteps",
    };

    private static readonly HashSet<string> FeatureKeys = new(StringComparer.Ordinal)
    {
        "features", "featureslist", "featurelist", "featurenames", "featurecolumns", "featurecols", "featureorder", "inputfeatures", "selectedfeatures",
        "usedfeatures",
    };

    private static readonly HashSet<string> FeatureCountKeys = new(StringComparer.Ordinal)
    {
        "features", "featurecount", "numfeatures", "nfeatures", "inputfeatures", "numinputfeatures", "ninputfeatures", "featuredim", "featuresize",
    };

    // where trainers keep their settings
    private static readonly HashSet<string> SettingsKeys = new(StringComparer.Ordinal)
    {
        "config", "cfg", "conf", "args", "hparams", "hyperparameters", "hyperparams", "params", "settings", "options", "opt", "modelconfig", "modelargs",
        "trainingconfig", "trainconfig",
    };

    // the parts of a name that is about windows or features, known or not
    private static readonly string[] Marks = ["seq", "window", "lookback", "feature"];

    // The windows of indicators, which the features' own definitions fix: rsi_window, volatility_window_size.
    private static readonly string[] Indicators = ["rsi", "macd", "ema", "sma", "ma", "bb", "bollinger", "atr", "volatility", "volume", "vol", "momentum"];

    /// <summary>The window length and the feature order in a file, with their keys; null where there are none.</summary>
    private sealed record WindowSettings(int? Length, string? LengthKey, string? FeaturesKey);

    private static WindowSettings ReadWindowSettings(
        PickleDict root, StateDict state, FeatureScaler? scaler, NumberReader numbers, SourceLocation file)
    {
        var found = new WindowSettings(null, null, null);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        if (state.Key is not null)
        {
            seen.Add(state.Content);
        }

        foreach (var (key, value, place) in Settings(root, "", SettingsDepth, seen, file))
        {
            var name = Plain(key);
            if (value is null)
            {
                continue;
            }

            if (LengthKeys.Contains(name))
            {
                var length = SequenceLength(value, numbers, place);
                if (found.Length is { } other && other != length)
                {
                    throw place.Refuse($"the window length {length}, but {found.LengthKey} says {other}, expected one");
                }

                found = found with { Length = length, LengthKey = found.LengthKey ?? place.Where };
            }
            else if (FeatureKeys.Contains(name) && Names(value) is { } names)
            {
                CheckFeatures(names, scaler, place);
                found = found with { FeaturesKey = found.FeaturesKey ?? place.Where };
            }
            else if (FeatureKeys.Contains(name) && IsUnreadableList(value))
            {
                throw place.Refuse($"{PickleValue.Describe(value)}, expected a list of names, or no such key: save it as a list");
            }
            else if (FeatureCountKeys.Contains(name) && Number(value) is { } count)
            {
                if (count != FeatureNames.Count)
                {
                    throw place.Refuse($"{PickleValue.Describe(value)}, expected the {FeatureNames.Count} features of {nameof(FeatureNames)}");
                }
            }
            else if (Marks.Any(mark => name.Contains(mark, StringComparison.Ordinal)) && !IsIndicators(name)
                && (Number(value) is not null || Names(value) is not null))
            {
                throw place.Refuse($"{PickleValue.Describe(value)}, which is not understood: expected a window length as config['sequence_length'], a "
                    + $"feature order as metadata['features'], or no such key");
            }
        }

        if (found.Length is null)
        {
            CheckNoneIsHidden(root, file);
        }

        return found;

        static bool IsIndicators(string name) =>
            Indicators.Any(indicator => name == indicator + "window" || name == indicator + "windowsize" || name == indicator + "windows");

        // a set, an array of texts, or an index of pandas: there is an order, and it may be another
        static bool IsUnreadableList(object value) =>
            value is PickleSet or PickleObject { Content: null } or NumPyArray { Type.Code: ['U' or 'S' or 'T' or 'O', ..] };

        double? Number(object value) => value is bool ? null : numbers.One(value, file);
    }

    // An object without readable fields, such as a named tuple, may hold the window length. The default could be another.
    private static void CheckNoneIsHidden(PickleDict root, SourceLocation file)
    {
        foreach (var key in root.Keys.Where(key => SettingsKeys.Contains(Plain(key))))
        {
            if (root.Get(key) is PickleObject { Content: null } hidden)
            {
                throw file.At(Shown(key)).Refuse($"an object of {hidden.Made.Quoted}, whose fields are not in the file as data: it may hold the window length, "
                    + "expected a dict such as {'sequence_length': 90}");
            }
        }
    }

    private static string Plain(string key) => string.Concat(key.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static int SequenceLength(object value, NumberReader numbers, SourceLocation place) =>
        value is not bool && numbers.One(value, place) is >= 1 and <= MaxSequenceLength and var length && double.IsInteger(length)
            ? (int)length
            : throw place.Refuse($"{PickleValue.Describe(value)}, expected a whole number from 1 to {MaxSequenceLength}, or no such key: "
                + "save it as a number");

    private static IReadOnlyList<object?>? Names(object value) => value switch
    {
        List<object?> list => list,
        object?[] tuple => tuple,
        NumPyArray { Objects: { } objects } => objects,
        _ => null,
    };

    /// <summary>All 20 in their order, or those that reach the network, where the scaler's zeros remove all others.</summary>
    private static void CheckFeatures(IReadOnlyList<object?> names, FeatureScaler? scaler, SourceLocation place)
    {
        var at = 0;
        for (var feature = 0; feature < FeatureNames.Count; feature++)
        {
            if (at < names.Count && names[at] as string == FeatureNames.All[feature])
            {
                at++;
            }
            else if (scaler?.Scale[feature] != 0)
            {
                var found = at < names.Count ? PickleValue.Describe(names[at]) : "the end of the list";
                throw place.Refuse($"{found} at {at}, expected '{FeatureNames.All[feature]}': models are served with the {FeatureNames.Count} features in "
                    + $"their own order alone");
            }
        }

        if (at < names.Count)
        {
            throw place.Refuse($"{PickleValue.Describe(names[at])} at {at}, expected the {FeatureNames.Count} features in their own order alone");
        }
    }

    /// <summary>The entries beside tensors and metrics, each with its place. Every dict is visited once, since a pickle may contain one many times.</summary>
    private static IEnumerable<(string Key, object? Value, SourceLocation Location)> Settings(
        PickleDict dict,
        string path,
        int depth,
        HashSet<object> seen,
        SourceLocation file)
    {
        if (!seen.Add(dict))
        {
            yield break;
        }

        foreach (var key in dict.Keys)
        {
            if (path.Length == 0 && (key.EndsWith("state_dict", StringComparison.Ordinal) || key is "metrics" or "scaler" or "history"))
            {
                continue;
            }

            var value = dict.Get(key);
            var where = path.Length == 0 ? Shown(key) : $"{path}[{SourceLocation.Quote(key)}]";
            foreach (var setting in Setting(key, value, where, depth, seen, file))
            {
                yield return setting;
            }
        }
    }

    private static IEnumerable<(string Key, object? Value, SourceLocation Location)> Setting(
        string key,
        object? value,
        string where,
        int depth,
        HashSet<object> seen,
        SourceLocation file)
    {
        yield return (key, value, file.At(where));
        var inner = depth == 1 ? [] : value switch
        {
            PickleDict dict => [dict],
            PickleObject made => new[] { made.Items, made.Fields, made.Slots }.OfType<PickleDict>(),
            _ => [],
        };
        foreach (var item in inner.SelectMany(dict => Settings(dict, where, depth - 1, seen, file)))
        {
            yield return item;
        }
    }
}
