using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>
/// Softmax regression on simple indicators, over the days of one symbol or several. It is a baseline, and a teacher of networks: its smooth
/// probabilities carry more information than the single actual outcome.
/// </summary>
public sealed class SoftmaxRegression
{
    private const int Iterations = 400;
    private const double Rate = 0.5;
    private const double Decay = 1e-3;
    private const int FirstRow = 90;

    private readonly double[] _mean;
    private readonly double[] _scale;
    private readonly double[,] _weights;

    private SoftmaxRegression(double[] mean, double[] scale) => (_mean, _scale, _weights) = (mean, scale, new double[Classes.Count, mean.Length + 1]);

    /// <summary>Fits one to the actual outcomes over a horizon; null where no day has all inputs.</summary>
    /// <param name="histories">The symbols.</param>
    /// <param name="horizon">In days.</param>
    /// <param name="lastDay">The last day whose close may decide a label.</param>
    public static SoftmaxRegression? Train(IReadOnlyList<LabelledHistory> histories, int horizon, DateOnly lastDay)
    {
        var samples = histories.SelectMany(history => Enumerable.Range(0, history.Features.Rows)
            .Where(row => history.Features.Days.Span[row].AddDays(horizon) <= lastDay)
            .Select(row => (Inputs: Inputs(history.Features, row), Label: history.OutcomeOf(history.Features.Days.Span[row], horizon)))
            .Where(sample => sample is { Inputs: not null, Label: not null })
            .Select(sample => (Inputs: sample.Inputs!, Label: (int)sample.Label!.Value))).ToArray();
        return samples.Length == 0 ? null : Train(samples);
    }

    /// <summary>The probabilities of bearish, neutral and bullish on the day of a row, [3]; null where the row has too little history.</summary>
    public float[]? Predict(FeatureTable features, int row)
    {
        if (Inputs(features, row) is not { } inputs)
        {
            return null;
        }

        Standardise(inputs);
        var probabilities = new double[Classes.Count];
        Softmax(inputs, probabilities);
        return [.. probabilities.Select(p => (float)p)];
    }

    // Trends of 7 and 30 days, the size of daily moves over 7, 30 and 90 days, spread and RSI.
    private static double[]? Inputs(FeatureTable table, int row)
    {
        if (row < FirstRow)
        {
            return null;
        }

        var last = table.Row(row);
        return [Sum(7), Sum(30), Math.Log(Size(7)), Math.Log(Size(30)), Math.Log(Size(90)), Math.Log(last[FeatureColumn.HlSpread]
            + 1e-4), last[FeatureColumn.Rsi] / 100];

        double Sum(int days)
        {
            var sum = 0.0;
            for (var r = row - days + 1; r <= row; r++)
            {
                sum += table.Row(r)[FeatureColumn.LogReturns];
            }

            return sum;
        }

        double Size(int days)
        {
            var sum = 0.0;
            for (var r = row - days + 1; r <= row; r++)
            {
                sum += Math.Abs(table.Row(r)[FeatureColumn.LogReturns]);
            }

            return (sum / days) + 1e-4;
        }
    }

    // Plain gradient descent: the loss is convex, and the inputs are standardised.
    private static SoftmaxRegression Train((double[] Inputs, int Label)[] samples)
    {
        var width = samples[0].Inputs.Length;
        double[] mean = [.. Enumerable.Range(0, width).Select(i => samples.Average(sample => sample.Inputs[i]))];
        double[] scale = [.. Enumerable.Range(0, width).Select(i => Math.Sqrt(samples.Average(sample => Math.Pow(sample.Inputs[i] - mean[i], 2))) + 1e-12)];
        var model = new SoftmaxRegression(mean, scale);
        foreach (var (inputs, _) in samples)
        {
            model.Standardise(inputs);
        }

        var gradient = new double[Classes.Count, width + 1];
        Span<double> p = stackalloc double[Classes.Count];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Array.Clear(gradient);
            foreach (var (inputs, label) in samples)
            {
                model.Softmax(inputs, p);
                for (var c = 0; c < p.Length; c++)
                {
                    var error = (p[c] - (c == label ? 1 : 0)) / samples.Length;
                    gradient[c, width] += error;
                    for (var i = 0; i < width; i++)
                    {
                        gradient[c, i] += error * inputs[i];
                    }
                }
            }

            for (var c = 0; c < p.Length; c++)
            {
                for (var i = 0; i <= width; i++)
                {
                    model._weights[c, i] -= Rate * (gradient[c, i] + (i < width ? Decay * model._weights[c, i] : 0));
                }
            }
        }

        return model;
    }

    private void Standardise(double[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            inputs[i] = (inputs[i] - _mean[i]) / _scale[i];
        }
    }

    private void Softmax(double[] inputs, Span<double> probabilities)
    {
        var largest = double.NegativeInfinity;
        for (var c = 0; c < probabilities.Length; c++)
        {
            var logit = _weights[c, inputs.Length];
            for (var i = 0; i < inputs.Length; i++)
            {
                logit += _weights[c, i] * inputs[i];
            }

            probabilities[c] = logit;
            largest = Math.Max(largest, logit);
        }

        var sum = 0.0;
        foreach (ref var value in probabilities)
        {
            sum += value = Math.Exp(value - largest);
        }

        foreach (ref var value in probabilities)
        {
            value /= sum;
        }
    }
}
