using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Tests;

/// <summary>Seeded weights and windows of any size.</summary>
internal sealed class RandomModel(int seed)
{
    public const int Inputs = 20;

    private readonly Random _random = new(seed);

    public CryptoLstmWeights Weights(params int[] hiddenSizes)
    {
        var layers = hiddenSizes.Select((hidden, i) => Layer(i == 0 ? Inputs : hiddenSizes[i - 1], hidden)).ToArray();
        return new(layers, Linear(hiddenSizes[^1], 16), Linear(16, 3));
    }

    public float[] Uniform(int count, float limit) => [.. Enumerable.Range(0, count).Select(_ => ((_random.NextSingle() * 2) - 1) * limit)];

    /// <summary>Each value -<paramref name="magnitude"/>, 0 or <paramref name="magnitude"/>.</summary>
    public float[] Signs(int count, float magnitude) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(-1, 2) * magnitude)];

    private LstmLayerWeights Layer(int width, int hidden)
    {
        var limit = 1 / MathF.Sqrt(hidden); // PyTorch's initialisation
        return new(
            width,
            hidden,
            Uniform(4 * hidden * width, limit),
            Uniform(4 * hidden * hidden, limit),
            Uniform(4 * hidden, limit),
            Uniform(4 * hidden, limit));
    }

    private LinearWeights Linear(int width, int outputs) =>
        new(width, outputs, Uniform(outputs * width, 1 / MathF.Sqrt(width)), Uniform(outputs, 0.1f));
}
