using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>A network's trainable numbers as one flat array: the tensors in the order of PyTorch's <c>parameters()</c>, each row-major.</summary>
public sealed class Parameters
{
    /// <summary>Copies the weights of a network.</summary>
    /// <exception cref="ArgumentException">The weights' sizes do not fit each other.</exception>
    public Parameters(CryptoLstmWeights weights)
    {
        _ = new CryptoLstmShape(weights);
        Inputs = weights.Inputs;
        HiddenSizes = [.. weights.Layers.Select(l => l.Hidden)];
        Fc1Outputs = weights.Fc1.Outputs;
        Values = [.. weights.Layers.SelectMany(l => new[] { l.InputWeights, l.RecurrentWeights, l.InputBias, l.RecurrentBias }).SelectMany(v => v),
            .. weights.Fc1.Weights, .. weights.Fc1.Bias, .. weights.Fc2.Weights, .. weights.Fc2.Bias];
    }

    /// <summary>A network of the same shape with other values, copied.</summary>
    internal Parameters(Parameters shape, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, shape.Values.Length);
        (Inputs, HiddenSizes, Fc1Outputs, Values) = (shape.Inputs, shape.HiddenSizes, shape.Fc1Outputs, values.ToArray());
    }

    /// <summary>Number of features a time step has.</summary>
    public int Inputs { get; }

    /// <summary>Hidden units of each layer.</summary>
    public IReadOnlyList<int> HiddenSizes { get; }

    /// <summary>Width of fc1.</summary>
    public int Fc1Outputs { get; }

    /// <summary>All values; an optimizer changes them in place.</summary>
    public float[] Values { get; }

    /// <summary>The values as weights, copied.</summary>
    public CryptoLstmWeights ToWeights()
    {
        var at = 0;
        var width = Inputs;
        var layers = new List<LstmLayerWeights>();
        foreach (var hidden in HiddenSizes)
        {
            layers.Add(new(width, hidden, Take(4 * hidden * width), Take(4 * hidden * hidden), Take(4 * hidden), Take(4 * hidden)));
            width = hidden;
        }

        var fc1 = new LinearWeights(width, Fc1Outputs, Take(Fc1Outputs * width), Take(Fc1Outputs));
        return new(layers, fc1, new(Fc1Outputs, Classes.Count, Take(Classes.Count * Fc1Outputs), Take(Classes.Count)));

        float[] Take(int count) => Values.AsSpan((at += count) - count, count).ToArray();
    }

    /// <summary>Weights as PyTorch initialises them: uniform within 1 / sqrt(hidden) in an LSTM, 1 / sqrt(inputs) in a linear layer.</summary>
    /// <param name="inputs">Features of a time step.</param>
    /// <param name="hiddenSizes">Hidden units of each layer.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static Parameters Initial(int inputs, IReadOnlyList<int> hiddenSizes, int seed)
    {
        const int fc1 = 16;
        var random = new Random(seed);
        var width = inputs;
        var layers = new List<LstmLayerWeights>();
        foreach (var hidden in hiddenSizes)
        {
            var limit = 1 / MathF.Sqrt(hidden);
            layers.Add(new(
                width, hidden, Uniform(4 * hidden * width, limit), Uniform(4 * hidden * hidden, limit), Uniform(4 * hidden, limit), Uniform(
                    4 * hidden,
                    limit)));
            width = hidden;
        }

        return new(new(layers, Linear(width, fc1), Linear(fc1, Classes.Count)));

        LinearWeights Linear(int from, int to) => new(from, to, Uniform(to * from, 1 / MathF.Sqrt(from)), Uniform(to, 1 / MathF.Sqrt(from)));

        float[] Uniform(int count, float limit)
        {
            var values = new float[count];
            foreach (ref var value in values.AsSpan())
            {
                value = ((random.NextSingle() * 2) - 1) * limit;
            }

            return values;
        }
    }
}
