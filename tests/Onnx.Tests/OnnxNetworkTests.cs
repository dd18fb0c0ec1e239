using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using static Coinsphere.Messaging.Onnx.Tests.TestOnnx;

namespace Coinsphere.Messaging.Onnx.Tests;

public sealed class OnnxNetworkTests
{
    private readonly OnnxEngine _engine = new(OnnxLimits.Default);

    [Theory]
    [InlineData("gru")]
    [InlineData("convolution")]
    [InlineData("transformer")]
    public void Network_GivesWhatPyTorchDoes(string kind)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Golden");
        var expected = JsonSerializer.Deserialize<Dictionary<string, float[][]>>(File.ReadAllText(Path.Combine(folder, "expected.json")))![kind];
        var model = OnnxModel.Read(Path.Combine(folder, $"{kind}.onnx"));
        var network = _engine.Create(model);
        var length = model.SequenceLength * 20;
        var windows = Enumerable.Range(0, expected.Length * length).Select(i => (float)((((i * 7919L) % 2001) - 1000) / 500.0)).ToArray();

        var together = new float[expected.Length * 3];
        network.ForwardMany(windows, expected.Length, together);
        foreach (var (at, row) in expected.Index())
        {
            var alone = new float[3];
            network.Forward(windows.AsSpan(at * length, length), alone);
            Assert.All(row.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            Assert.All(row.Zip(together[(3 * at)..]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }

        Assert.Equal($"{kind}-1", model.Metadata.ModelVersion);
        Assert.Matches("^onnxruntime-1\\.", network.Kernel);
    }

    [Fact]
    public void MoreWindowsThanOneRunTakes_AreSeveralRuns()
    {
        var network = _engine.Create(new TestOnnx().Read());
        var windows = Enumerable.Range(0, 70 * Steps * 20).Select(i => MathF.Sin(i)).ToArray();
        var many = new float[70 * 3];

        network.ForwardMany(windows, 70, many);

        var last = new float[3];
        network.Forward(windows.AsSpan(69 * Steps * 20), last);
        Assert.All(last.Zip(many[^3..]), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        network.ForwardMany([], 0, []);
        Assert.Throws<ArgumentException>(() => network.ForwardMany(windows, 69, many));
    }

    [Fact]
    public void Logits_BecomeProbabilities()
    {
        var probabilities = new float[3];
        var logits = new float[3];
        var window = Enumerable.Range(0, Steps * 20).Select(i => MathF.Cos(i)).ToArray();
        var file = new TestOnnx().With("output", "logits");
        file.Outputs[0] = Value("logits", 1, null, 3);

        _engine.Create(new TestOnnx().Read()).Forward(window, probabilities);
        _engine.Create(file.Read()).Forward(window, logits);

        Assert.All(probabilities.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void NetworkThatGivesNoProbabilities_IsRefused()
    {
        Refused(
            new TestOnnx().Running([.. new TestOnnx().Nodes[..2], Node("Sigmoid", ["logits"], ["probabilities"])]),
            "expected probabilities that add up to 1");
        Refused(new TestOnnx().Running([.. new TestOnnx().Nodes[..2], Node("Log", ["logits"], ["probabilities"])]), "expected numbers");
        Refused(new TestOnnx().Running([.. new TestOnnx().Nodes[..2], Node("Transpose", ["logits"], ["probabilities"])]), "expected Float [32, 3]");
        Refused(
            new TestOnnx().Holding(Integers("shape", 1, 3))
                .Running([.. new TestOnnx().Nodes[..2], Node("Reshape", ["logits", "shape"], ["probabilities"])]), "forward pass: ");
        Refused(new TestOnnx().Running(Node("Flatten", ["window"], ["probabilities"])), "[32, 6]");
    }

    // Else an answer would change with who else asks.
    [Fact]
    public void NetworkThatMixesWindows_IsRefused() => Refused(
        new TestOnnx().Running(
            [.. new TestOnnx().Nodes[..2], Node("ReduceMean", ["logits"], ["mean"], Numbers("axes", 0), Number("keepdims", 1)), Node(
                "Sub",
                ["logits", "mean"],
                ["own"]), Node("Softmax", ["own"], ["probabilities"])]),
        "expected the same as for the window alone");

    [Fact]
    public void OperatorsThatTheRuntimeRefuses_AreRefusedInALine() =>
        Refused(new TestOnnx().Running(Node("Gemm", ["window", "weights"], ["probabilities"])), "first run: ONNX Runtime: ");

    private void Refused(TestOnnx file, string expected)
    {
        var fault = Assert.Throws<CheckpointException>(() => _engine.Create(file.Read()));
        Assert.StartsWith("TEST_best.onnx: first run: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }
}
