using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>What no answer depends on never keeps a model from being read; nothing in it runs, and what is read is refused by its key.</summary>
public class UnreadPartsTests
{
    private const string Unlisted = "which is not on the list of what is read; nothing was executed";

    private static readonly Dictionary<object, object?> Empty = [];

    private static Call Set(params object?[] items) => new("__builtin__", "set", items.ToList());

    public static TheoryData<string, object> Parts => new()
    {
        { "a device", new Call("torch", "device", "cuda", 0) },
        { "a dtype", new Class("torch", "bfloat16") },
        { "a size", new Call("torch", "Size", (object)new object?[] { 1, 30, 20 }) },
        { "a set", Set(1, "a") },
        { "a frozenset", new Call("builtins", "frozenset", new List<object?> { 1 }) },
        { "a counter", new Call("collections", "Counter", new Dictionary<object, object?> { ["a"] = 2 }) },
        { "a defaultdict", new Call("collections", "defaultdict", new Class("__builtin__", "dict")) },
        { "an enumeration", new Call("__main__", "Mode", 2) },
        { "a path", new Call("pathlib", "PosixPath", "/", "data") },
        { "a time", new Call("datetime", "datetime", TestCheckpoint.Encoded([7, 231, 1, 1, 0, 0, 0, 0, 0, 0])) },
        { "a method", new Call("__builtin__", "getattr", new Class("torch.optim.lr_scheduler", "OneCycleLR"), "_annealing_cos") },
        { "a command", new Call("posix", "system", "touch /tmp/owned") },
        { "an object", new NewObject("argparse", "Namespace", new Dictionary<object, object?> { ["lr"] = 0.1 }) },
        { "an object with slots", new NewObject("__main__", "Args", new object?[] { null, new Dictionary<object, object?> { ["lr"] = 0.1 } }) },
        { "an object of another state", new NewObject("__main__", "Args", 3) },
        { "a result called", new RawOpcodes([.. "cfunctools\npartial\n)R)R"u8]) },
        { "a class of a call's result", new RawOpcodes([.. "cfunctools\npartial\n)R)"u8, 0x81]) },
        { "a list of a class of its own", new RawOpcodes([.. "c__main__\nItems\n)"u8, 0x81, .. "K\u0001a"u8]) },
        { "a dict of a class of its own", new RawOpcodes([.. "c__main__\nItems\n)"u8, 0x81, .. "K\x01K\x02s"u8]) },
        { "a long integer", new RawOpcodes([0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]) },
        { "an integer of 300 bytes", new RawOpcodes([0x8b, 44, 1, 0, 0, .. new byte[300]]) },
        { "an old text", new RawOpcodes([(byte)'U', 1, 0xe4]) },
        { "a dict keyed by objects", new Dictionary<object, object?> { [new Class("torch", "float32")] = 1, [new Call("torch", "device", "cpu")] = 2 } },
        { "a quantised storage", new Persistent(new object?[] { "storage", new Class("torch", "QInt8Storage"), "q", "cpu", 4 }) },
        { "a quantised tensor", new TestTensor("q", "QInt8Storage", 4, 0, [4], [1]).Pickled },
        { "a scaler called", new Call("sklearn.preprocessing._data", "StandardScaler") },
        { "an encoded text", new Call("_codecs", "encode", "a", "zip") },
        { "an OrderedDict of items", new Call("collections", "OrderedDict", new List<object?>()) },
        {
            "a dtype with fields",
            new Built(new Call("numpy", "dtype", "V8", false, true), new object?[] { 3, "|", null, new object?[] { "a" }, Empty, 8, 1, 16 })
        },
    };

    [Theory]
    [MemberData(nameof(Parts), DisableDiscoveryEnumeration = true)]
    public void PartThatNothingReads_ChangesNothing(string what, object part)
    {
        var report = Inspect(new TestCheckpoint().With("extra", part).With("optimizer_state_dict", new Dictionary<object, object?> { ["inner"] = part }));

        Assert.True(new TestCheckpoint().Read().Digest == report.Checkpoint.Digest, what);
        Assert.Contains(report.Unread, entry => entry.StartsWith("extra", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Parts), DisableDiscoveryEnumeration = true)]
    public void PartInTheScalersPlace_IsRefusedByItsKey(string what, object part)
    {
        var refusal = new TestCheckpoint().With("scaler", part).Refused();

        Assert.True(refusal.Location.StartsWith("scaler", StringComparison.Ordinal), $"{what}: {refusal.Message}");
        Assert.Contains("expected", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownObject_IsNamedWhereItIsNotUsed()
    {
        var report = Inspect(new TestCheckpoint().With("args", new NewObject("argparse", "Namespace", Empty)).With("dtype", new Class("torch", "float32")));

        Assert.Equal(["args (an object of 'argparse.Namespace')", "dtype (the global 'torch.float32')"], report.Unread);
    }

    [Fact]
    public void ManyUnreadParts_AreCounted()
    {
        var checkpoint = new TestCheckpoint();
        for (var i = 0; i < 25; i++)
        {
            checkpoint.With($"part{i}", i);
        }

        Assert.Equal("5 more", Inspect(checkpoint).Unread[^1]);
    }

    [Fact]
    public void ConfigThatIsAnObject_IsReadByItsFields()
    {
        var report = Inspect(new TestCheckpoint().With("config", new NewObject("argparse", "Namespace", new Dictionary<object, object?> { ["seq_len"] = 60 })));

        Assert.Equal((60, "config['seq_len']"), (report.Checkpoint.SequenceLength, report.SequenceLengthKey));
    }

    [Fact]
    public void FieldsOfObjects_AreSearchedForSettings()
    {
        var slots = new object?[] { null, new Dictionary<object, object?> { ["window_size"] = 60 } };
        var checkpoint = new TestCheckpoint().With("args", new NewObject("__main__", "Args", slots));

        checkpoint.Refused("args['window_size']: the window length 60, but config['sequence_length'] says 30, expected one");
    }

    [Fact]
    public void MetadataThatIsAnObject_IsReadByItsFields() =>
        Assert.Equal("v7", new TestCheckpoint().With("metadata", new NewObject("types", "SimpleNamespace", new Dictionary<object, object?>
        {
            ["model_version"] = "v7",
        })).Read().Metadata.ModelVersion);

    [Theory]
    [InlineData("config")]
    [InlineData("metadata")]
    public void ObjectWithoutFieldsInAKeyThatIsRead_IsRefusedWithTheWayOut(string key)
    {
        var refusal = new TestCheckpoint().With(key, new Call("__main__", "Settings", 60)).Refused();

        Assert.Equal(key, refusal.Location);
        Assert.Contains($"an object of the global '__main__.Settings', {Unlisted}, expected a dict, or no such key: save the file without it", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WindowLengthThatIsAnObject_IsRefusedNotTheDefault() =>
        new TestCheckpoint().With("config", new Dictionary<object, object?> { ["seq_len"] = new Call("omegaconf.nodes", "IntegerNode", 60) })
            .Refused("config['seq_len']: an object of the global 'omegaconf.nodes.IntegerNode'");

    public static TheoryData<string, object> Orderless => new()
    {
        { "an index of pandas", new Call("pandas.core.indexes.base", "_new_Index", new Class("pandas", "Index"), Empty) },
        { "a set", Set("close") },
        { "an array of texts", TestCheckpoint.Array("U5", new byte[400], [20]) },
    };

    [Theory]
    [MemberData(nameof(Orderless), DisableDiscoveryEnumeration = true)]
    public void FeatureOrderThatCannotBeRead_IsRefused(string what, object names)
    {
        var refusal = new TestCheckpoint().With("feature_names", names).Refused();

        Assert.True(refusal.Location == "feature_names", what);
        Assert.EndsWith("expected a list of names, or no such key: save it as a list", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StateOfAGradScaler_IsNoScalerOfFeatures()
    {
        var report = Inspect(new TestCheckpoint().With("scaler", new Dictionary<object, object?>
        {
            ["scale"] = 65536.0,
            ["growth_factor"] = 2.0,
            ["backoff_factor"] = 0.5,
            ["growth_interval"] = 2000,
            ["_growth_tracker"] = 0,
        }));

        Assert.Null(report.Checkpoint.Scaler);
        Assert.Equal(["scaler (the state of a GradScaler)"], report.Unread);
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("best_val_loss")]
    [InlineData("epoch")]
    public void TensorInsteadOfMetadata_IsPassedOver(string key)
    {
        var checkpoint = new TestCheckpoint().With(key, new TestTensor("t", "FloatStorage", 4, 0, [2, 2], [2, 1]).Pickled);
        checkpoint.Storages["t"] = new byte[16];

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    [Fact]
    public void ScalerOfAnotherKind_IsRefusedByItsClass() =>
        new TestCheckpoint().With("scaler", new NewObject("sklearn.preprocessing._data", "MinMaxScaler", Empty))
            .Refused("scaler: an object of the global 'sklearn.preprocessing._data.MinMaxScaler'");

    [Fact]
    public void FaultInThePickle_NamesTheKeyItLiesUnder()
    {
        var nested = new Dictionary<object, object?> { ["a"] = 1, ["b"] = new RawOpcodes((byte)'i') };

        var deep = new TestCheckpoint().With("scheduler_state_dict", nested).Refused();
        var flat = new TestCheckpoint().With("args", new RawOpcodes((byte)'i')).Refused();

        Assert.EndsWith(", under 'scheduler_state_dict'", deep.Location, StringComparison.Ordinal);
        Assert.EndsWith(", under 'args'", flat.Location, StringComparison.Ordinal);
    }

    [Fact]
    public void TooMuchOfAPart_IsRefusedByItsKey()
    {
        var refusal = new TestCheckpoint().With("losses", Enumerable.Repeat<object?>(0.5, 260_000).ToList()).Refused();

        Assert.EndsWith(", under 'losses'", refusal.Location, StringComparison.Ordinal);
        Assert.Contains("save the file without", refusal.Message, StringComparison.Ordinal);
    }

    private static CheckpointReport Inspect(TestCheckpoint checkpoint) => CheckpointReader.Inspect(new MemoryStream(checkpoint.Bytes()), "tiny.pth");
}
