using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>Names of tensors as DataParallel, torch.compile, AveragedModel and Lightning write them.</summary>
public class WrappedNamesTests
{
    private static string Plain => new TestCheckpoint().Read().Digest;

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("model.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("model._orig_mod.module.")]
    [InlineData("module.module.model.")]
    public void Prefixes_AreRemovedAndReported(string prefix)
    {
        var report = Inspect(Wrapped(prefix));

        Assert.Equal(Plain, report.Checkpoint.Digest);
        Assert.Equal([prefix], report.Prefixes);
    }

    [Fact]
    public void NamesWithoutAPrefix_HaveNone() => Assert.Empty(Inspect(new TestCheckpoint()).Prefixes);

    [Fact]
    public void PrefixesOfPartsAlone_AreRemoved()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors.Remove("fc1.bias", out var tensor);
        checkpoint.Tensors["_orig_mod.fc1.bias"] = tensor;

        Assert.Equal(Plain, checkpoint.Read().Digest);
    }

    [Theory]
    [InlineData("n_averaged")]
    [InlineData("_orig_mod.n_averaged")]
    public void CounterOfAveragedModel_IsNotUsed(string name)
    {
        var checkpoint = Wrapped("module.");
        checkpoint.Tensors[name] = new TestTensor("n", "LongStorage", 1, 0, [], []).Pickled;
        checkpoint.Storages["n"] = BitConverter.GetBytes(5L);

        var report = Inspect(checkpoint);

        Assert.Equal(Plain, report.Checkpoint.Digest);
        Assert.Contains($"model_state_dict['{name}']", report.Unread);
    }

    [Fact]
    public void TensorUnderTwoNames_IsRefusedByBoth()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Tensors["_orig_mod.module.fc1.bias"] = checkpoint.Tensors["fc1.bias"];

        checkpoint.Refused("model_state_dict, tensor '_orig_mod.module.fc1.bias': it and 'fc1.bias' are both fc1.bias, expected one of them");
    }

    [Fact]
    public void AnotherPrefixOfAllNames_IsNamedWithTheWayOut()
    {
        var refusal = Wrapped("net.").Refused().Message;

        Assert.Contains("every name begins with 'net.'", refusal, StringComparison.Ordinal);
        Assert.Contains("save {name.removeprefix('net.'): t for name, t in state_dict.items()", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherPrefixBesideOtherTensors_IsNamed()
    {
        var checkpoint = Wrapped("net.");
        checkpoint.Add("criterion.weight", "c", [3], [1, 1, 1]);

        checkpoint.Refused("the network's names begin with 'net.'");
    }

    [Fact]
    public void PrefixThatNoNetworkFollows_IsNoHint() =>
        Assert.EndsWith("or no such tensor: save the file without it", Refusal("attention.weight"), StringComparison.Ordinal);

    private static string Refusal(string name)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Add(name, "other", [3], [1, 1, 1]);
        return checkpoint.Refused().Message;
    }

    private static TestCheckpoint Wrapped(string prefix)
    {
        var checkpoint = new TestCheckpoint();
        foreach (var (name, _) in TestCheckpoint.Shapes)
        {
            checkpoint.Tensors.Remove(name, out var tensor);
            checkpoint.Tensors[prefix + name] = tensor;
        }

        return checkpoint;
    }

    private static CheckpointReport Inspect(TestCheckpoint checkpoint) => CheckpointReader.Inspect(new MemoryStream(checkpoint.Bytes()), "tiny.pth");
}
