namespace Coinsphere.Messaging.Forecasting.Calibration;

/// <summary>
/// Makes of a network's probabilities those of a timeframe: softmax(scale x ln p + bias). A scale of 0 leaves softmax(bias), the frequencies of
/// the classes whatever the network says; a scale of 1 and equal biases change nothing.
/// </summary>
/// <param name="Scale">How far the network is trusted.</param>
/// <param name="Bias">[3]: bearish, neutral, bullish.</param>
public sealed record ClassCalibration(double Scale, IReadOnlyList<double> Bias)
{
    /// <summary>What stands for a probability of 0: below it a float32 softmax is rounding.</summary>
    internal const double Least = 1e-9;

    /// <summary>Whether the network has no part in the probabilities.</summary>
    public bool IsFrequencies => Scale == 0;

    /// <summary>The calibrated probabilities, [3].</summary>
    /// <param name="probabilities">[3], of the network.</param>
    public double[] Apply(ReadOnlySpan<float> probabilities)
    {
        var calibrated = new double[Bias.Count];
        for (var c = 0; c < calibrated.Length; c++)
        {
            calibrated[c] = (Scale * Math.Log(Math.Max(probabilities[c], Least))) + Bias[c];
        }

        var largest = calibrated.Max();
        var sum = 0.0;
        foreach (ref var value in calibrated.AsSpan())
        {
            sum += value = Math.Exp(value - largest);
        }

        foreach (ref var value in calibrated.AsSpan())
        {
            value /= sum;
        }

        return calibrated;
    }
}
