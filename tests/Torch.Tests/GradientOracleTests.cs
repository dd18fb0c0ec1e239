using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Coinsphere.Messaging.Torch.Tests;

/// <summary>The trainer's gradients are those of PyTorch's autograd, which computes them in doubles here, tensor by tensor.</summary>
public sealed class GradientOracleTests
{
    // Of a tensor's length.
    private const double Tolerance = 1e-6;

    // Of one side on the whole: the gradients of windows that all but cancel have fewer digits.
    private static readonly float[][] Kinds = [[1, 0, 0], [0, 0.1f, 0.9f], [0.05f, 0.05f, 0.9f]];

    public static TheoryData<int[], int, int> Shapes => new()
    {
        { [1, 3, 7], 1, 1 },
        { [7, 1, 3], 2, 200 },
        { [33, 7, 1], 15, 33 },
        { [128, 33, 7], 33, 3 },
        { [128, 64, 32], 15, 90 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AnySizes_HaveAutogradsGradients(int[] hiddenSizes, int count, int steps)
    {
        var random = new RandomModel(seed: 31);
        AssertGradients(random.Weights(hiddenSizes), random.Uniform(count * steps * RandomModel.Inputs, 1), steps);
    }

    [Theory]
    [MemberData(nameof(Golden.Each), MemberType = typeof(Golden))]
    public void GoldenCheckpoint_HasAutogradsGradients(string name)
    {
        float[] window = [.. Golden.Expected(name).GetProperty("standardised_window").EnumerateArray().Select(value => value.GetSingle())];
        var checkpoint = CheckpointReader.Read(Golden.CheckpointPath(name));

        AssertGradients(checkpoint.Weights, window, checkpoint.SequenceLength);
    }

    private static void AssertGradients(CryptoLstmWeights weights, float[] windows, int steps)
    {
        var count = windows.Length / (steps * weights.Inputs);
        float[] targets = [.. Enumerable.Range(0, count).SelectMany(window => Kinds[window % Kinds.Length])];
        var engine = new GradientEngine(new Parameters(weights), steps, threads: 2);
        var inputGradients = new float[windows.Length];

        var loss = engine.Backward(windows, targets, inputGradients: inputGradients);

        using var network = new Autograd(weights);
        var expected = network.Run(windows, targets, count, steps);
        Assert.Equal(expected.Loss, loss, 1e-6);
        var at = 0;
        foreach (var (name, gradient) in expected.Gradients)
        {
            AssertNear(name, gradient, engine.Gradients.Slice(at, gradient.Length));
            at += gradient.Length;
        }

        Assert.Equal(engine.Gradients.Length, at);
        AssertNear("windows", expected.Inputs, inputGradients);
    }

    private static void AssertNear(string name, double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, length = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(actual[i] - expected[i], 2);
            length += Math.Pow(expected[i], 2);
        }

        Assert.True(Math.Sqrt(difference) <= Tolerance * Math.Sqrt(length), $"{name} is off by {Math.Sqrt(difference / length):E2} of its length");
    }

    /// <summary>The network of PyTorch's modules, with gradients.</summary>
    private sealed class Autograd : IDisposable
    {
        private readonly DisposeScope _scope = NewDisposeScope();
        private readonly LSTM[] _layers;
        private readonly Linear _fc1;
        private readonly Linear _fc2;

        public Autograd(CryptoLstmWeights weights)
        {
            _layers = [.. weights.Layers.Select(layer => Filled(
                nn.LSTM(layer.Inputs, layer.Hidden, batchFirst: true, dtype: float64), layer.InputWeights, layer.RecurrentWeights, layer.InputBias,
                layer.RecurrentBias))];
            _fc1 = Filled(nn.Linear(weights.Fc1.Inputs, weights.Fc1.Outputs, dtype: float64), weights.Fc1.Weights, weights.Fc1.Bias);
            _fc2 = Filled(nn.Linear(weights.Fc2.Inputs, weights.Fc2.Outputs, dtype: float64), weights.Fc2.Weights, weights.Fc2.Bias);
        }

        public (double Loss, (string Name, double[] Gradient)[] Gradients, double[] Inputs) Run(float[] windows, float[] targets, int count, int steps)
        {
            var input = tensor(Array.ConvertAll(windows, value => (double)value), [count, steps, windows.Length / (count * steps)], requires_grad: true);
            var x = input;
            foreach (var layer in _layers)
            {
                x = layer.call(x).Item1;
            }

            var logits = _fc2.call(nn.functional.relu(_fc1.call(x.select(1, steps - 1))));
            var loss = nn.functional.cross_entropy(logits, tensor(targets, [count, 3], dtype: float64));
            loss.backward();
            nn.Module[] modules = [.. _layers, _fc1, _fc2];
            return (loss.item<double>(),
                [.. modules.SelectMany((module, i) => module.named_parameters()
                    .Select(pair => ($"{i}.{pair.name}", pair.parameter.grad!.data<double>().ToArray())))],
                input.grad!.data<double>().ToArray());
        }

        public void Dispose() => _scope.Dispose();

        private static T Filled<T>(T module, params float[][] values) where T : nn.Module
        {
            using var silent = no_grad();
            foreach (var (pair, value) in module.named_parameters().Zip(values))
            {
                pair.parameter.copy_(tensor(value, pair.parameter.shape, dtype: float64));
            }

            return module;
        }
    }
}
