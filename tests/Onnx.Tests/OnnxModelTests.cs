using Coinsphere.Messaging.Forecasting.Checkpoints;
using static Coinsphere.Messaging.Onnx.Tests.TestOnnx;

namespace Coinsphere.Messaging.Onnx.Tests;

public sealed class OnnxModelTests
{
    [Fact]
    public void Entries_SayWhatACheckpointsConfigDoes()
    {
        var model = new TestOnnx()
            .With("scaler", """{"mean": [50, 1000], "scale": [10, 0]}""").With("trained_at", "2024-02-03T04:05:06Z").With("trained_through", "2024-01-31").With(
                "test_accuracy",
                "0.51")
            .With(
                "calibration",
                """{"7d": {"scale": 0.5, "bias": [0, 0.1, 0]}, "14d": {"scale": 0, "bias": [1, 2, 3]}, "30d": {"scale": 1, "bias": [0, 0, 0]}}""")
            .With("author", "anybody").Read();

        Assert.Equal(3, model.SequenceLength);
        Assert.Equal([5, 0], model.Features);
        Assert.Equal((50, 10), (model.Scaler!.Mean[5], model.Scaler.Scale[5]));
        Assert.Equal((1000, 0), (model.Scaler.Mean[0], model.Scaler.Scale[0]));
        // What it is not fed is nothing to it.
        Assert.All(Enumerable.Range(0, 20).Except([5]), column => Assert.Equal(0, model.Scaler.Scale[column]));
        Assert.Equal(
            ("test-1", new DateTimeOffset(2024, 2, 3, 4, 5, 6, TimeSpan.Zero), 0.51),
            (model.Metadata.ModelVersion, model.Metadata.TrainedAt, model.Metadata.TestAccuracy));
        Assert.Equal(new DateOnly(2024, 1, 31), model.Metadata.TrainedThrough);
        Assert.Equal((0.5, 0.1), (model.Calibrations![7].Scale, model.Calibrations[7].Bias[1]));
        Assert.True(model.Calibrations[14].IsFrequencies);
        Assert.Equal(18, model.ParameterCount);
    }

    [Fact]
    public void ScalerNone_FeedsFeaturesAsTheyAre()
    {
        var scaler = new TestOnnx().With("scaler", "none").Read().Scaler!;

        Assert.Equal((0, 1), (scaler.Mean[5], scaler.Scale[5]));
        Assert.Equal((0, 1), (scaler.Mean[0], scaler.Scale[0]));
    }

    [Fact]
    public void Digest_IsOfEverythingInTheFile() =>
        Assert.NotEqual(new TestOnnx().Read().Digest, new TestOnnx().With("scaler", "none").Read().Digest);

    [Theory]
    [InlineData("sequence_length", null, "no entry 'sequence_length'")]
    [InlineData("sequence_length", "3.0", "'3.0', expected a whole number from 1 to 4096")]
    [InlineData("sequence_length", "4", "'window' float32 [open, 3, 2], expected [batch, 4, 2]")]
    [InlineData("features", null, "no entry 'features'")]
    [InlineData("features", "rsi, close", "expected a JSON list of names")]
    [InlineData("features", """["rsi", "price"]""", "'price', expected names among close, change_1h")]
    [InlineData("features", """["rsi", "rsi"]""", "a name is there twice")]
    [InlineData("features", """["rsi"]""", "expected [batch, 3, 1]")]
    [InlineData("scaler", null, "no entry 'scaler'")]
    [InlineData("scaler", "standard", "expected 'window', 'none', or JSON")]
    [InlineData("scaler", """{"mean": [1], "scale": [1, 1]}""", "no list of 2 numbers as mean")]
    [InlineData("scaler", """{"mean": [1, 1e999], "scale": [1, 1]}""", "a number of mean is out of range")]
    [InlineData("scaler", """{"mean": [1, 1], "scale": [1, -1]}""", "a number of scale is out of range")]
    [InlineData("scaler", """{"mean": [1, 1], "scale": [1, 1e-30]}""", "the scale 1E-30, expected 0 or a standard deviation")]
    [InlineData("scaler", """{"mean": [1, 1], "std": [1, 1]}""", "expected 'window', 'none', or JSON")]
    [InlineData("output", "log_probabilities", "'log_probabilities', expected 'probabilities' or 'logits'")]
    [InlineData("calibration", """{"7d": {"scale": 1, "bias": [0, 0, 0]}}""", "expected JSON with 7d, 14d, 30d")]
    [InlineData(
        "calibration",
        """{"7d": {"scale": 1, "bias": [0]}, "14d": {"scale": 1, "bias": [0, 0, 0]}, "30d": {"scale": 1, "bias": [0, 0, 0]}}""",
        "no list of 3 numbers as bias")]
    [InlineData("calibration", """{"7d": {"scale": 101, "bias": [0, 0, 0]}, "14d": {}, "30d": {}}""", "expected a scale from 0 to 100")]
    [InlineData("model_version", "a\nb", "expected a line of at most 64 characters")]
    [InlineData("feature_list", "[]", "'feature_list' is not understood")]
    [InlineData("Window_Size", "3", "'Window_Size' is not understood")]
    public void WrongEntry_IsRefusedByName(string key, string? value, string expected) => Refused(new TestOnnx().With(key, value), expected);

    [Fact]
    public void Inputs_OtherThanOneWindow_AreRefused()
    {
        Refused(Change(file => file.Inputs.Clear()), "the inputs none, expected one of float32 [batch, 3, 2]");
        Refused(Change(file => file.Inputs.Add(Value("more", 1, null, 3, 2))), "expected one of float32 [batch, 3, 2]");
        Refused(Change(file => file.Inputs[0] = Value("window", 11, null, 3, 2)), "'window' float64 [open, 3, 2]");
        Refused(Change(file => file.Inputs[0] = Value("window", 1, null, 6)), "'window' float32 [open, 6]");
        Refused(Change(file => file.Inputs[0] = Value("window", 1, 1, 3, 2)), "dynamic_axes={'window': {0: 'batch'}}");
        Refused(Change(file => file.Inputs[0] = Value("window", 1, null, 3, 20)), "expected [batch, 3, 2] by its sequence_length and features");
        Assert.NotNull(Change(file => file.Inputs[0] = Value("window", 1, null, null, null)).Read());
        // As older exporters write it.
        Assert.NotNull(Change(file => file.Inputs.Add(Value("weights", 1, 6, 3))).Read());
    }

    [Fact]
    public void Outputs_OtherThanThreeClasses_AreRefused()
    {
        Refused(Change(file => file.Outputs.Clear()), "the outputs none, expected one of float32 [batch, 3]");
        Refused(Change(file => file.Outputs.Add(Value("logits", 1, null, 3))), "expected one of float32 [batch, 3]");
        Refused(Change(file => file.Outputs[0] = Value("probabilities", 1, null, 2)), "'probabilities' float32 [open, 2]");
        Refused(Change(file => file.Outputs[0] = Value("probabilities", 7, null, 3)), "'probabilities' int64 [open, 3]");
    }

    [Fact]
    public void Operators_ThatRunForUnknownTimeOrElsewhere_AreRefused()
    {
        foreach (var type in (string[])["Loop", "If", "Scan", "SequenceMap", "RandomNormal", "NonZero", "Nothing", "loop", ""])
        {
            Refused(Change(file => file.Nodes.Add(Node(type, ["logits"], ["more"]))), $"node 3: the operator '{type}'");
        }

        Refused(Change(file => file.Nodes.Add(Message((1, "logits"), (2, "more"), (4, "Gelu"), (7, "com.microsoft")))), "operators of 'com.microsoft'");
        Refused(Change(file => file.Domain = "my.own"), "operators of 'my.own', expected those of ONNX itself");
        Refused(Change(file => file.MoreModel.Add((8, Message((1, "ai.onnx.ml"), (2, 3))))), "operators of 'ai.onnx.ml'");
        Refused(Change(file => file.MoreModel.Add((25, Message((1, "mine"))))), "functions of its own");
        Refused(Change(file => file.MoreModel.Add((20, Message()))), "training, expected a network alone");
        Refused(
            Change(file => file.Nodes.Add(Node("Identity", ["logits"], ["more"], Message((1, "body"), (6, file.Graph), (20, 5))))),
            "a graph within the graph");
    }

    [Fact]
    public void SizesThatDependOnWhatItIsFed_AreRefused()
    {
        var file = new TestOnnx().Holding(Integers("one", 1));
        file.Nodes.AddRange([Node("ReduceSum", ["flat"], ["sum"]), Node("Cast", ["sum"], ["number"], Number("to", 7)), Node(
            "Reshape",
            ["number", "one"],
            ["size"]), Node("ConstantOfShape", ["size"], ["zeros"])]);

        Refused(file, "the size of what ConstantOfShape makes depends through 'size' on the numbers it is fed");
        // How many windows there are is known.
        var fixedSize = new TestOnnx();
        fixedSize.Nodes.AddRange([Node("Shape", ["window"], ["size"]), Node("ConstantOfShape", ["size"], ["zeros"])]);
        Assert.NotNull(fixedSize.Read());
    }

    [Fact]
    public void Graphs_OutOfOrder_AreRefused()
    {
        Refused(Change(file => file.Nodes.Reverse()), "node 0: Softmax takes 'logits', which nothing before it makes");
        Refused(Change(file => file.Nodes.Add(Node("Identity", ["flat"], ["logits"]))), "Identity makes 'logits', which is there already");
        Refused(Change(file => file.Initializers.Add(file.Initializers[0])), "the tensor 'weights' is there twice");
    }

    [Fact]
    public void Weights_ThatAreNoNumbersOrElsewhere_AreRefused()
    {
        Refused(new TestOnnx().Holding(Tensor("more", [2], [1, float.NaN])), "tensor 'more': an element is NaN");
        Refused(new TestOnnx().Holding(Tensor("more", [3], [1, 2])), "tensor 'more': 2 elements, expected the 3 of its shape [3]");
        Refused(new TestOnnx().Holding(Tensor("more", [1 << 20, 1 << 20], [])), "expected at most 8 sizes");
        Refused(new TestOnnx().Holding(Message((1, 1), (2, 1), (8, "more"), (14, 1))), "weights in another file, expected all in this one");
        Refused(new TestOnnx().Holding(Message((1, 1), (2, 1), (8, "more"), (13, Message((1, "location"), (2, "/etc/passwd"))))), "weights in another file");
        Refused(new TestOnnx().Holding(Message((1, 1), (2, 8), (8, "more"), (6, "text"))), "field 6, expected none that is not known here");
        Refused(new TestOnnx().Holding(Message((1, 1), (2, 8), (8, "more"), (9, "text"))), "elements of the type 8, expected float32");
        Refused(Change(file => file.MoreGraph.Add((15, Message()))), "sparse weights");
        Refused(
            Change(file => file.Nodes.Add(Node("Constant", [], ["more"], Message((1, "value"), (5, Tensor("", [1], [float.NaN])), (20, 4))))),
            "node 3 attribute: an element is NaN");
    }

    [Fact]
    public void WhatTwoReadersCouldUnderstandDifferently_IsRefused()
    {
        Refused(Change(file => file.MoreModel.Add((7, file.Graph))), "field 7 is there twice");
        Refused(Change(file => file.MoreModel.Add((14, Message((1, "scaler"), (2, "none"))))), "'scaler' is there twice");
        Refused(Change(file => file.MoreModel.Add((99, 1))), "field 99, expected none that is not known here");
        Refused(Change(file => file.MoreModel.Add((1, "8"))), "field 1 is there twice");
        Refused(Change(file => file.MoreGraph.Add((1, 5))), "graph: field 1 is written as Varint, expected Bytes");
    }

    [Fact]
    public void NoOnnx_IsRefused()
    {
        foreach (var content in (byte[][])[[], "PK\u0003\u0004 a zip"u8.ToArray(), new byte[1000], [.. Enumerable.Repeat((byte)0xFF, 1000)], Message((1, 8))])
        {
            Assert.Throws<CheckpointException>(() => OnnxModel.Read(content, "TEST_best.onnx"));
        }

        Assert.Contains(
            "expected 1 to 67,108,864",
            Assert.Throws<CheckpointException>(() => OnnxModel.Read(new byte[(64 << 20) + 1], "TEST_best.onnx")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void CutOffAnywhere_IsRefused()
    {
        var whole = new TestOnnx().Bytes();

        // What is lost last are entries, and without these it is refused as well.
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            if (length < whole.Length - Message((14, Message((1, "model_version"), (2, "test-1")))).Length)
            {
                Assert.Throws<CheckpointException>(() => OnnxModel.Read(cut, "TEST_best.onnx"));
            }
        }
    }

    private static TestOnnx Change(Action<TestOnnx> change)
    {
        var file = new TestOnnx();
        change(file);
        return file;
    }

    private static void Refused(TestOnnx file, string expected)
    {
        var fault = Assert.Throws<CheckpointException>(() => file.Read());
        Assert.StartsWith("TEST_best.onnx: ", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }
}
