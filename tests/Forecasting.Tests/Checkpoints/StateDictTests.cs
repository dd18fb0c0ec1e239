using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>Files of a state dict alone, of Lightning, and of a whole module.</summary>
public class StateDictTests
{
    private const string Repair = "torch.save({\"model_state_dict\": model.state_dict(), \"config\": {\"sequence_length\": N}}";

    [Fact]
    public void BareStateDict_IsReadWithDefaults()
    {
        var report = Inspect(new TestCheckpoint(), checkpoint => checkpoint.Tensors);

        Assert.Equal(WithoutConfig().Read().Digest, report.Checkpoint.Digest);
        Assert.Equal((null, null, 90, null), (report.WeightsKey, report.SequenceLengthKey, report.Checkpoint.SequenceLength, report.Checkpoint.Scaler));
        Assert.False(report.HasModelVersion);
        Assert.Empty(report.Unread);
    }

    [Fact]
    public void BareStateDictWithSettingsBesideIt_IsReadWithThem()
    {
        var report = Inspect(new TestCheckpoint(), checkpoint => new Dictionary<object, object?>(checkpoint.Tensors) { ["seq_length"] = 60, ["note"] = "x" });

        Assert.Equal((60, "seq_length"), (report.Checkpoint.SequenceLength, report.SequenceLengthKey));
        Assert.Equal(["note"], report.Unread);
    }

    [Fact]
    public void BareStateDictOfAnotherNetwork_IsRefusedByItsTensor() =>
        Refuses("tensor 'conv.weight': it is no part of a CryptoLSTM", checkpoint =>
        {
            checkpoint.Add("conv.weight", "conv", [3], [1, 2, 3]);
            return checkpoint.Tensors;
        });

    [Theory]
    [InlineData("hyper_parameters")]
    [InlineData("hparams")]
    public void LightningCheckpoint_IsReadWithItsHyperParameters(string key)
    {
        var report = Inspect(new TestCheckpoint(), checkpoint => Lightning(checkpoint, new() { ["hidden_sizes"] = 3, ["seq_len"] = 60 }, key));

        Assert.Equal(("state_dict", 60, $"{key}['seq_len']"), (report.WeightsKey, report.Checkpoint.SequenceLength, report.SequenceLengthKey));
        Assert.Equal(["model."], report.Prefixes);
        Assert.Equal(4, report.Checkpoint.Metadata.Epoch);
        Assert.Contains("pytorch-lightning_version", report.Unread);
        Assert.DoesNotContain(key, report.Unread);
    }

    // its own dict class: an object whose items are set
    [Fact]
    public void HyperParametersOfLightningsOwnClass_AreRead()
    {
        byte[] attributes = [.. "cpytorch_lightning.utilities.parsing\nAttributeDict\n)"u8, 0x81, .. PickleWriter.Write(new Dictionary<object, object?>
        {
            ["window_size"] = 60,
        })[3..^1]];

        var report = Inspect(new TestCheckpoint(), checkpoint => Lightning(checkpoint, null, "hyper_parameters", new RawOpcodes(attributes)));

        Assert.Equal((60, "hyper_parameters['window_size']"), (report.Checkpoint.SequenceLength, report.SequenceLengthKey));
    }

    [Fact]
    public void LightningCheckpointWithoutHyperParameters_HasTheDefaults()
    {
        var report = Inspect(new TestCheckpoint(), checkpoint => Lightning(checkpoint, []));

        Assert.Equal((90, null), (report.Checkpoint.SequenceLength, report.SequenceLengthKey));
    }

    [Fact]
    public void WeightsUnderModel_AreRead() =>
        Assert.Equal("model", Inspect(new TestCheckpoint(), checkpoint => new() { ["model"] = checkpoint.Tensors, ["optimizer"] = null }).WeightsKey);

    [Fact]
    public void TensorsBesideTheWeights_AreNotTakenForThem()
    {
        var report = Inspect(new TestCheckpoint(), checkpoint => new()
        {
            ["model"] = new Dictionary<object, object?>(checkpoint.Tensors),
            ["class_weights"] = checkpoint.Tensors["fc2.bias"],
        });

        Assert.Equal(("model", "class_weights"), (report.WeightsKey, Assert.Single(report.Unread)));
    }

    [Theory]
    [InlineData("hparams")]
    [InlineData("cfg")]
    public void SettingsInAnObjectWithoutFields_AreRefused_NotReplacedByDefaults(string key) =>
        Refuses($"{key}: an object of '__main__.Config', whose fields are not in the file as data: it may hold the window length", checkpoint => new()
        {
            ["state_dict"] = new Dictionary<object, object?>(checkpoint.Tensors),
            [key] = new NewObject("__main__", "Config", new List<object?> { 60 }),
        });

    [Fact]
    public void NameOfAModelBesideItsWeights_IsNotUsed()
    {
        var report = CheckpointReader.Inspect(new MemoryStream(new TestCheckpoint().With("model", "CryptoLSTM").Bytes()), "tiny.pth");

        Assert.Equal("model_state_dict", report.WeightsKey);
        Assert.Contains("model", report.Unread);
    }

    [Theory]
    [InlineData("model_state_dict")]
    [InlineData("state_dict")]
    [InlineData("model")]
    public void WholeModuleInstead_IsRefusedWithTheRepair(string key)
    {
        var refusal = Refusal(_ => new() { [key] = new NewObject("__main__", "CryptoLSTM", new Dictionary<object, object?> { ["training"] = false }) });

        Assert.Equal(key, refusal.Location);
        Assert.Contains("an object of '__main__.CryptoLSTM' (a whole module?)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Repair, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileOfAWholeModule_IsRefusedWithTheRepair()
    {
        var pickle = PickleWriter.Write(new NewObject("__main__", "CryptoLSTM", new Dictionary<object, object?> { ["training"] = false }));

        var refusal = TestCheckpoint.Refused(new TestCheckpoint().Bytes(pickle));

        Assert.Contains("it holds an object of '__main__.CryptoLSTM'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Repair, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileWithoutWeights_IsRefusedWithTheRepair() => Refuses(Repair, _ => new() { ["epoch"] = 3 });

    private static Dictionary<object, object?> Lightning(
        TestCheckpoint checkpoint, Dictionary<object, object?>? parameters, string key = "hyper_parameters", object? other = null)
    {
        var loops = new Dictionary<object, object?> { ["fit_loop"] = new Dictionary<object, object?> { ["state_dict"] = new Dictionary<object, object?>() } };
        return new()
        {
            ["epoch"] = 4,
            ["global_step"] = 100,
            ["pytorch-lightning_version"] = "2.1.0",
            ["state_dict"] = checkpoint.Tensors.ToDictionary(pair => (object)$"model.{pair.Key}", pair => pair.Value),
            ["loops"] = loops,
            ["callbacks"] = new Dictionary<object, object?>(),
            [key] = other ?? parameters,
        };
    }

    private static CheckpointReport Inspect(TestCheckpoint checkpoint, Func<TestCheckpoint, Dictionary<object, object?>> root) =>
        CheckpointReader.Inspect(new MemoryStream(checkpoint.Bytes(PickleWriter.Write(root(checkpoint)))), "tiny.pth");

    private static CheckpointException Refusal(Func<TestCheckpoint, Dictionary<object, object?>> root)
    {
        var checkpoint = new TestCheckpoint();
        return TestCheckpoint.Refused(checkpoint.Bytes(PickleWriter.Write(root(checkpoint))));
    }

    private static void Refuses(string because, Func<TestCheckpoint, Dictionary<object, object?>> root) =>
        Assert.Contains(because, Refusal(root).Message, StringComparison.Ordinal);

    private static TestCheckpoint WithoutConfig()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Root.Remove("config");
        return checkpoint;
    }
}
