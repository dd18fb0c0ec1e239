using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Tests;

/// <summary>Files of models made for a test.</summary>
internal static class TestCheckpoints
{
    /// <summary>The file of a network that gives one class a probability of 1.</summary>
    public static byte[] Confident(int direction, string? trainedThrough = null, FeatureScaler? scaler = null)
    {
        var parameters = Parameters.Initial(20, [4, 4, 4], seed: direction);
        parameters.Values[^(3 - direction)] = 50;
        Dictionary<string, object?> metadata = new() { ["model_version"] = "v0" };
        if (trainedThrough is not null)
        {
            metadata["trained_through"] = trainedThrough;
        }

        return CheckpointWriter.Write(parameters.ToWeights(), scaler, new(1, 1, 0.5, 30) { Metadata = metadata });
    }

    /// <summary>The file of a model whose scaler makes one feature infinite, from 3.4e14 on.</summary>
    public static byte[] Overflowing(int feature, double offset = 0) => Confident(0, scaler: new FeatureScaler(
        ScalerKind.ByName,
        [.. Enumerable.Range(0, FeatureNames.Count).Select(i => i == feature ? offset : 0)],
        [.. Enumerable.Range(0, FeatureNames.Count).Select(i => i == feature ? 1e-24 : 1e9)]));
}
