using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Onnx;

/// <summary>Checks what every network must do for any input: give probabilities, the same ones each time, of each window independently.</summary>
internal static class OnnxChecks
{
    // A run of several windows may add in another order than a run of one.
    private const float Tolerance = 1e-4f;
    private const float Widest = 3;

    /// <summary>Runs it over windows of zeros and of noise, one by one and as many at once as allowed.</summary>
    /// <exception cref="CheckpointException">A check fails.</exception>
    public static void Run(OnnxNetwork network, OnnxModel model)
    {
        var length = model.SequenceLength * FeatureNames.Count;
        var windows = Noise(OnnxNetwork.MaxBatch * length);
        Array.Clear(windows, 0, length);
        var (together, again) = (new float[OnnxNetwork.MaxBatch * Classes.Count], new float[OnnxNetwork.MaxBatch * Classes.Count]);
        network.ForwardMany(windows, OnnxNetwork.MaxBatch, together);
        network.ForwardMany(windows, OnnxNetwork.MaxBatch, again);
        if (!together.AsSpan().SequenceEqual(again))
        {
            throw new CheckpointException(model.Name, "forward pass", "it gives different probabilities for the same window each time, expected the same");
        }

        var alone = new float[Classes.Count];
        foreach (var at in (int[])[0, 1, OnnxNetwork.MaxBatch - 1])
        {
            network.Forward(windows.AsSpan(at * length, length), alone);
            for (var c = 0; c < alone.Length; c++)
            {
                if (!(Math.Abs(alone[c] - together[(at * Classes.Count) + c]) <= Tolerance))
                {
                    throw new CheckpointException(
                        model.Name,
                        "forward pass",
                        "it gives different probabilities for a window when other windows are run with it, expected the same as for the window alone");
                }
            }
        }
    }

    // The same noise in each process.
    private static float[] Noise(int count)
    {
        var state = 20260801u;
        var values = new float[count];
        foreach (ref var value in values.AsSpan())
        {
            state = (state * 1664525) + 1013904223;
            value = ((state >> 8) / (float)(1 << 24) * 2 * Widest) - Widest;
        }

        return values;
    }
}
