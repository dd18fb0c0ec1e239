namespace Coinsphere.Messaging.Forecasting.Calibration;

/// <summary>
/// Converts a network's probabilities to those of a timeframe: softmax(scale x ln p + bias). With scale 0 the result is softmax(bias), the
/// frequencies of the classes, whatever the network gives. With scale 1 and equal biases nothing changes.
/// </summary>
/// <param name="Scale">The weight of the network.</param>
/// <param name="Bias">[3]: bearish, neutral, bullish.</param>
public sealed record ClassCalibration(double Scale, IReadOnlyList<double> Bias)
{
    /// <summary>Replaces a probability of 0. Below it a float32 softmax is rounding error.</summary>
    internal const double Least = 1e-9;

    /// <summary>Whether the network has no influence on the probabilities.</summary>
    public bool IsFrequencies => Scale == 0;

    /// <summary>
    /// The frequencies of the classes in the past, [3], which the biases hold where <see cref="CalibrationFit"/> made them; null for another calibration.
    /// </summary>
    public double[]? Frequencies()
    {
        if (Scale >= 1)
        {
            return null;
        }

        double[] frequencies = [.. Bias.Select(bias => Math.Exp(bias / (1 - Scale)))];
        return Math.Abs(frequencies.Sum() - 1) < 1e-6 ? frequencies : null;
    }

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
