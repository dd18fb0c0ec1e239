using System.Runtime.InteropServices;
using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Forecasting.Tests.Training;

/// <summary>Gradients and optimizer steps against PyTorch's, see <c>Golden/torch/gradients.py</c>, and against finite differences.</summary>
public sealed class GradientTests
{
    private const double Tolerance = 1e-4;

    private static readonly float[] Targets = [1, 0, 0, 0, 1, 0, 0.05f, 0.05f, 0.9f];
    private static readonly JsonElement TorchGradients = ReadGolden();

    [Theory]
    [InlineData("ALPHA")]
    [InlineData("BRAVO")]
    [InlineData("CHARLIE")]
    [InlineData("DELTA")]
    public void GoldenModel_HasPyTorchsGradients(string name)
    {
        var expected = TorchGradients.GetProperty(name);
        var (engine, windows) = Load(name);
        var inputs = new float[windows.Length];

        var loss = engine.Backward(windows, Targets, inputGradients: inputs);

        Assert.Equal(expected.GetProperty("loss").GetDouble(), loss, 1e-5);
        var at = 0;
        var lengths = TensorLengths(engine.Parameters).ToArray();
        var norms = Numbers(expected.GetProperty("norms"));
        Assert.Equal(norms.Length, lengths.Length);
        for (var i = 0; i < norms.Length; i++)
        {
            Assert.Equal(1, Norm(engine.Gradients.Slice(at, lengths[i])) / norms[i], Tolerance);
            at += lengths[i];
        }

        AssertRelative(Numbers(expected.GetProperty("every_997th")), Every(engine.Gradients, 997));
        Assert.Equal(1, Norm(inputs) / expected.GetProperty("input_norm").GetDouble(), Tolerance);
        AssertRelative(Numbers(expected.GetProperty("input_every_97th")), Every(inputs, 97));
    }

    [Fact]
    public void Delta_HasPyTorchsWholeGradient()
    {
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Golden.PathOf("torch/DELTA_gradient.bin"))).ToArray();
        var (engine, windows) = Load("DELTA");

        engine.Backward(windows, Targets);

        AssertRelative([.. expected.Select(v => (double)v)], engine.Gradients.ToArray());
    }

    [Theory]
    [InlineData("Adam", WeightDecayKind.L2)]
    [InlineData("AdamW", WeightDecayKind.Decoupled)]
    public void ThreeSteps_EndWherePyTorchsDo(string name, WeightDecayKind kind)
    {
        var (engine, windows) = Load("DELTA");
        var adam = new Adam(new AdamOptions(WeightDecay: 0.01, DecayKind: kind), engine.Parameters.Values.Length);
        for (var step = 0; step < 3; step++)
        {
            engine.Backward(windows, Targets);
            adam.Step(engine.Parameters.Values, engine.Gradients, 1e-3);
            engine.Reload();
        }

        var expected = Numbers(TorchGradients.GetProperty(name));
        var actual = Every(engine.Parameters.Values, 97);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(new[] { 5, 4, 3 }, 0f)]
    [InlineData(new[] { 17, 9 }, 0f)]
    [InlineData(new[] { 8, 6, 4 }, 0.3f)]
    public void AnyShape_AgreesWithFiniteDifferences(int[] hiddenSizes, float dropout)
    {
        var parameters = Parameters.Initial(20, hiddenSizes, seed: 5);
        var engine = new GradientEngine(parameters, steps: 7, threads: 1);
        var windows = new RandomValues(6).Uniform(18 * engine.WindowLength);
        float[] targets = [.. Enumerable.Range(0, 18).SelectMany(i => new float[] { i % 3 == 0 ? 1 : 0, i % 3 == 1 ? 1 : 0, i % 3 == 2 ? 1 : 0 })];
        engine.Backward(windows, targets, dropout, seed: 9);
        var gradients = engine.Gradients.ToArray();
        var scale = gradients.Max(MathF.Abs);
        for (var i = 0; i < gradients.Length; i += 7)
        {
            var value = parameters.Values[i];
            var (up, down) = (At(i, value + 0.01f), At(i, value - 0.01f));
            parameters.Values[i] = value;
            Assert.InRange(Math.Abs(((up - down) / 0.02) - gradients[i]) / scale, 0, 1e-3);
        }

        double At(int i, float value)
        {
            parameters.Values[i] = value;
            engine.Reload();
            return engine.Backward(windows, targets, dropout, seed: 9);
        }
    }

    [Fact]
    public void OneAndTwoThreads_GiveTheSameBits()
    {
        float[] Run(int threads)
        {
            var engine = new GradientEngine(Parameters.Initial(20, [33, 8, 3], seed: 1), steps: 30, threads);
            var windows = new RandomValues(2).Uniform(70 * engine.WindowLength);
            float[] targets = [.. Enumerable.Range(0, 70).SelectMany(_ => new float[] { 0.2f, 0.3f, 0.5f })];
            engine.Backward(windows, targets, 0.2f, seed: 3);
            return engine.Gradients.ToArray();
        }

        Assert.Equal(Run(1), Run(2));
    }

    private static (GradientEngine Engine, float[] Windows) Load(string name)
    {
        var checkpoint = CheckpointReader.Read(Golden.CheckpointPath(name));
        var rows = Numbers(Golden.Expected(name).GetProperty("standardised_window")).Select(v => (float)v).Chunk(20).ToArray();
        float[] windows = [.. rows.SelectMany(r => r), .. rows.Reverse().SelectMany(r => r), .. rows.SelectMany(r => r).Select(v => -v)];
        return (new GradientEngine(new Parameters(checkpoint.Weights), rows.Length, threads: 1), windows);
    }

    private static IEnumerable<int> TensorLengths(Parameters parameters)
    {
        var weights = parameters.ToWeights();
        return [
            .. weights.Layers.SelectMany(l => new[] { l.InputWeights.Length, l.RecurrentWeights.Length, l.InputBias.Length, l.RecurrentBias.Length }),
            weights.Fc1.Weights.Length, weights.Fc1.Bias.Length, weights.Fc2.Weights.Length, weights.Fc2.Bias.Length];
    }

    // relative to the largest entry: the smallest ones are rounding of both
    private static void AssertRelative(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * scale, $"[{i}] is {actual[i]:R}, expected {expected[i]:R} within {Tolerance * scale}");
        }
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += (double)value * value;
        }

        return Math.Sqrt(sum);
    }

    private static float[] Every(ReadOnlySpan<float> values, int stride)
    {
        var every = new float[(values.Length + stride - 1) / stride];
        for (var i = 0; i < every.Length; i++)
        {
            every[i] = values[i * stride];
        }

        return every;
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    private static JsonElement ReadGolden()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Golden.PathOf("torch/gradients.json")));
        return document.RootElement.Clone();
    }

    private sealed class RandomValues(int seed)
    {
        private readonly Random _random = new(seed);

        public float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];
    }
}
