namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public class WeightsTests
{
    public static TheoryData<string> Names => [.. TestCheckpoint.Shapes.Select(s => s.Name)];

    [Fact]
    public void SmallCheckpoint_IsReadInEveryWeight()
    {
        var weights = new TestCheckpoint().Read().Weights;

        Assert.Equal(TestCheckpoint.Hidden, weights.Layers.Select(l => l.Hidden));
        Assert.Equal([20, 3, 2], weights.Layers.Select(l => l.Inputs));
        var read = weights.Layers.SelectMany(l => new[] { l.InputWeights, l.RecurrentWeights, l.InputBias, l.RecurrentBias })
            .Concat([weights.Fc1.Weights, weights.Fc1.Bias, weights.Fc2.Weights, weights.Fc2.Bias]).ToArray();
        Assert.Equal(16, read.Length);
        Assert.All(read, (values, i) => Assert.Equal(TestCheckpoint.Values(i, values.Length), values));
        Assert.Equal((TestCheckpoint.Fc1, 2), (weights.Fc1.Outputs, weights.Fc1.Inputs));
        Assert.Equal((3, TestCheckpoint.Fc1), (weights.Fc2.Outputs, weights.Fc2.Inputs));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void MissingTensor_IsRefusedByName(string name)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors.Remove(name);

        var refusal = checkpoint.Refused();

        Assert.Equal($"model_state_dict, tensor '{name}'", refusal.Location);
        Assert.EndsWith("it is missing", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void TensorOfAnotherShape_IsRefused(string name)
    {
        var shape = TestCheckpoint.Shapes.Single(s => s.Name == name).Shape;
        int[] wrong = [.. shape[..^1], shape[^1] + 1];
        var checkpoint = new TestCheckpoint();
        checkpoint.Add(name, "wrong", wrong, new float[wrong.Aggregate((a, b) => a * b)]);

        // a width that others follow shows at the first of them
        Assert.StartsWith("model_state_dict, tensor '", checkpoint.Refused().Location, StringComparison.Ordinal);
        Assert.Contains("expected [", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void WeightThatIsNotFinite_IsRefusedByTensorAndPlace(float bad)
    {
        var checkpoint = new TestCheckpoint();
        var values = TestCheckpoint.Values(5, 16);
        values[9] = bad;
        checkpoint.Add("lstm2.weight_hh_l0", "5", [8, 2], values);

        var refusal = checkpoint.Refused();

        Assert.Equal("model_state_dict, tensor 'lstm2.weight_hh_l0'", refusal.Location);
        Assert.Contains("at [4, 1]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void InputsOtherThan20_AreRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Add("lstm1.weight_ih_l0", "0", [12, 14], new float[12 * 14]);

        Assert.Contains("shape [12, 14], expected [12, 20]", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClassesOtherThan3_AreRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Add("fc2.weight", "14", [5, 4], new float[20]);
        checkpoint.Add("fc2.bias", "15", [5], new float[5]);

        Assert.Contains("'fc2.weight': shape [5, 4], expected [3, 4]", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm1.weight_ih_l1")]
    [InlineData("lstm1.weight_ih_l0_reverse")]
    [InlineData("attention.weight")]
    public void TensorOfAnotherNetwork_IsRefused(string name)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Add(name, "other", [12, 20], new float[240]);

        Assert.Contains($"tensor '{name}': it is no part of a CryptoLSTM", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PrefixOfDataParallel_ChangesNothing()
    {
        var plain = new TestCheckpoint();
        var parallel = new TestCheckpoint();
        foreach (var (name, _) in TestCheckpoint.Shapes)
        {
            parallel.Tensors.Remove(name, out var tensor);
            parallel.Tensors[$"module.{name}"] = tensor;
        }

        Assert.Equal(plain.Read().Digest, parallel.Read().Digest);
    }

    [Fact]
    public void ConfigThatDisagrees_YieldsToTheWeights()
    {
        var checkpoint = new TestCheckpoint().With("config", new Dictionary<object, object?>
        {
            ["hidden_sizes"] = new List<object?> { 128, 64, 32 },
            ["input_size"] = 14,
            ["sequence_length"] = 30,
        });

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    [Theory]
    [InlineData("model_state_dict", 3)]
    [InlineData("config", "x")]
    [InlineData("metadata", "x")]
    [InlineData("scaler", "x")]
    public void ValueOfAnotherKind_IsRefusedByKey(string key, object value)
    {
        var refusal = new TestCheckpoint().With(key, value).Refused();

        Assert.Equal(key, refusal.Location);
        Assert.Contains("expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StateThatIsNoTensor_IsRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors["fc1.bias"] = 0.5;

        Assert.Contains("tensor 'fc1.bias': the number 0.5, expected a tensor", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PickleOfNoDict_IsRefused() =>
        Assert.Contains("a list of 1, expected a dict",
            TestCheckpoint.Refused(new TestCheckpoint().Bytes(PickleWriter.Write(new List<object?> { 1 }))).Message, StringComparison.Ordinal);
}
