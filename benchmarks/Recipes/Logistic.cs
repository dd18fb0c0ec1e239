using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Recipes;

/// <summary>The baseline between frequencies and networks: softmax regression on what a person would look at, over all symbols.</summary>
internal sealed class Logistic
{
    private const int Classes = 3;
    private const int Iterations = 400;
    private const double Rate = 0.5;
    private const double Decay = 1e-3;

    private readonly double[] _mean;
    private readonly double[] _scale;
    private readonly double[,] _weights;

    private Logistic(double[] mean, double[] scale) => (_mean, _scale, _weights) = (mean, scale, new double[Classes, mean.Length + 1]);

    /// <summary>Trends of 7 and 30 days, the size of daily moves over 7, 30 and 90 days, spread and RSI; null where the row is too early.</summary>
    public static double[]? Inputs(FeatureTable table, int row)
    {
        if (row < 90)
            return null;
        var last = table.Row(row);
        return [Sum(7), Sum(30), Math.Log(Size(7)), Math.Log(Size(30)), Math.Log(Size(90)), Math.Log(last[FeatureColumn.HlSpread] + 1e-4), last[FeatureColumn.Rsi] / 100];

        double Sum(int days) => Enumerable.Range(row - days + 1, days).Sum(r => table.Row(r)[FeatureColumn.LogReturns]);
        double Size(int days) => Enumerable.Range(row - days + 1, days).Average(r => Math.Abs(table.Row(r)[FeatureColumn.LogReturns])) + 1e-4;
    }

    public static Logistic Train(IReadOnlyList<(double[] Inputs, int Label)> samples)
    {
        var width = samples[0].Inputs.Length;
        double[] mean = [.. Enumerable.Range(0, width).Select(i => samples.Average(s => s.Inputs[i]))];
        double[] scale = [.. Enumerable.Range(0, width).Select(i => Math.Sqrt(samples.Average(s => Math.Pow(s.Inputs[i] - mean[i], 2))))];
        var model = new Logistic(mean, scale);
        var gradient = new double[Classes, width + 1];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Array.Clear(gradient);
            foreach (var (inputs, label) in samples)
            {
                var p = model.Predict(inputs);
                for (var c = 0; c < Classes; c++)
                {
                    var error = (p[c] - (c == label ? 1 : 0)) / samples.Count;
                    gradient[c, width] += error;
                    for (var i = 0; i < width; i++)
                        gradient[c, i] += error * (inputs[i] - mean[i]) / scale[i];
                }
            }

            for (var c = 0; c < Classes; c++)
            {
                for (var i = 0; i <= width; i++)
                    model._weights[c, i] -= Rate * (gradient[c, i] + (i < width ? Decay * model._weights[c, i] : 0));
            }
        }

        return model;
    }

    public float[] Predict(double[] inputs)
    {
        Span<double> logits = stackalloc double[Classes];
        for (var c = 0; c < Classes; c++)
        {
            logits[c] = _weights[c, inputs.Length];
            for (var i = 0; i < inputs.Length; i++)
                logits[c] += _weights[c, i] * (inputs[i] - _mean[i]) / _scale[i];
        }

        var largest = Math.Max(logits[0], Math.Max(logits[1], logits[2]));
        var probabilities = new float[Classes];
        for (var c = 0; c < Classes; c++)
            probabilities[c] = (float)Math.Exp(logits[c] - largest);
        var sum = probabilities.Sum();
        return [.. probabilities.Select(p => p / sum)];
    }
}
