using System.Globalization;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

// The scaler, in each of the forms that trainers write.
public static partial class CheckpointReader
{
    internal const double LeastDeviation = 1e-25;

    private static FeatureScaler? ReadScaler(object? value, NumberReader numbers, SourceLocation file) => value switch
    {
        null => null,
        _ when IsGradientScaler(value) => null,
        PickleDict dict => ReadDictScaler(dict, numbers, file),
        PickledScaler scaler => ReadStandardScaler(scaler.State, numbers, file),
        var other => throw file.At("scaler").Refuse($"{PickleValue.Describe(other)}, expected None, a dict with mean and std, or a fitted "
            + "StandardScaler of scikit-learn: save mean and std by feature name"),
    };

    private static FeatureScaler ReadDictScaler(PickleDict dict, NumberReader numbers, SourceLocation file)
    {
        object? mean = dict.Get("mean"), std = dict.Get("std");
        return mean is PickleDict meanByName && std is PickleDict stdByName
            ? new FeatureScaler(
                ScalerKind.ByName,
                ReadByName(meanByName, numbers, file.At("scaler['mean']")),
                Deviations(ReadByName(stdByName, numbers, file.At("scaler['std']")), file.At("scaler['std']")))
            : new FeatureScaler(
                ScalerKind.ByPosition,
                ReadByPosition(mean, numbers, file.At("scaler['mean']")),
                Deviations(ReadByPosition(std, numbers, file.At("scaler['std']")), file.At("scaler['std']")));
    }

    private static double[] ReadByName(PickleDict values, NumberReader numbers, SourceLocation place)
    {
        var read = new double[FeatureNames.Count];
        for (var i = 0; i < read.Length; i++)
        {
            var name = FeatureNames.All[i];
            if (!values.TryGet(name, out var value))
            {
                throw place.Refuse($"feature '{name}' is missing");
            }

            read[i] = numbers.One(value, place) is { } number && double.IsFinite(number)
                ? number
                : throw place.Refuse($"{PickleValue.Describe(value)} for feature '{name}', expected a finite number");
        }

        return read;
    }

    private static double[] ReadByPosition(object? value, NumberReader numbers, SourceLocation place)
    {
        if (numbers.Many(value, place) is not { Length: FeatureNames.Count } read)
        {
            throw place.Refuse($"{PickleValue.Describe(value)}, expected {FeatureNames.Count} numbers");
        }

        var bad = Array.FindIndex(read, x => !double.IsFinite(x));
        return bad < 0 ? read : throw place.Refuse($"{read[bad]} for feature '{FeatureNames.All[bad]}', expected a finite number");
    }

    // A constant feature may have a deviation from rounding, about 1e-17 of its value. No real data is below this limit, and dividing by it would
    // overflow.
    private static double[] Deviations(double[] scale, SourceLocation place)
    {
        var bad = Array.FindIndex(scale, x => x < 0 || x is > 0 and < LeastDeviation);
        return bad < 0
            ? scale
            : throw place.Refuse(string.Create(
                CultureInfo
                    .InvariantCulture, $"{scale[bad]} for feature '{FeatureNames.All[bad]}', expected 0 or a standard deviation from {LeastDeviation:R}"));
    }

    /// <summary>Standardises as scikit-learn does: without with_mean, mean_ is not subtracted even where it exists. The scale is scale_, never var_.</summary>
    private static FeatureScaler ReadStandardScaler(PickleDict state, NumberReader numbers, SourceLocation file)
    {
        if (state.TryGet("n_features_in_", out var features) && numbers.One(features, file) != FeatureNames.Count)
        {
            throw file.At("scaler.n_features_in_").Refuse($"{PickleValue.Describe(features)}, expected {FeatureNames.Count}");
        }

        if (!state.TryGet("mean_", out var mean) || !state.TryGet("scale_", out var scale))
        {
            throw file.At("scaler").Refuse("a StandardScaler without mean_ or scale_, expected a fitted one");
        }

        CheckFeatureOrder(state.Get("feature_names_in_"), file.At("scaler.feature_names_in_"));
        return new FeatureScaler(
            ScalerKind.StandardScaler,
            mean is null || numbers.One(state.Get("with_mean"), file) is 0
                ? new double[FeatureNames.Count]
                : ReadByPosition(mean, numbers, file.At("scaler.mean_")),
            scale is null
                ? [.. Enumerable.Repeat(1.0, FeatureNames.Count)]
                : Deviations(ReadByPosition(scale, numbers, file.At("scaler.scale_")), file.At("scaler.scale_")));
    }

    /// <summary>A scaler fitted on a named table stores its columns. Where they have another order, the model was trained on another order.</summary>
    private static void CheckFeatureOrder(object? names, SourceLocation place)
    {
        if (names is null)
        {
            return;
        }

        if (names is not NumPyArray { Objects: { Count: FeatureNames.Count } found })
        {
            throw place.Refuse($"{PickleValue.Describe(names)}, expected the names of {FeatureNames.Count} features");
        }

        var bad = Enumerable.Range(0, FeatureNames.Count).FirstOrDefault(i => found[i] as string != FeatureNames.All[i], -1);
        if (bad >= 0)
        {
            throw place.Refuse($"{PickleValue.Describe(found[bad])} at {bad}, expected '{FeatureNames.All[bad]}'");
        }
    }
}
