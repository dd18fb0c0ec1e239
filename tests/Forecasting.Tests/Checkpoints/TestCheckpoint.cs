using System.Text;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>A tensor to write: a view of the storage <paramref name="Key"/>.</summary>
internal sealed record TestTensor(string Key, string StorageClass, object Count, object Offset, object?[] Shape, object?[] Stride)
{
    public object Pickled => new Call(
        "torch._utils", "_rebuild_tensor_v2",
        new Persistent(new object?[] { "storage", new Class("torch", StorageClass), Key, "cuda:0", Count }),
        Offset, Shape, Stride, false, new Call("collections", "OrderedDict"));
}

/// <summary>A small valid checkpoint, written by this code alone, to change one thing of.</summary>
internal sealed class TestCheckpoint
{
    public static readonly int[] Hidden = [3, 2, 2];
    public const int Fc1 = 4;

    public static readonly (string Name, int[] Shape)[] Shapes =
    [
        ("lstm1.weight_ih_l0", [12, 20]), ("lstm1.weight_hh_l0", [12, 3]), ("lstm1.bias_ih_l0", [12]), ("lstm1.bias_hh_l0", [12]),
        ("lstm2.weight_ih_l0", [8, 3]), ("lstm2.weight_hh_l0", [8, 2]), ("lstm2.bias_ih_l0", [8]), ("lstm2.bias_hh_l0", [8]),
        ("lstm3.weight_ih_l0", [8, 2]), ("lstm3.weight_hh_l0", [8, 2]), ("lstm3.bias_ih_l0", [8]), ("lstm3.bias_hh_l0", [8]),
        ("fc1.weight", [4, 2]), ("fc1.bias", [4]), ("fc2.weight", [3, 4]), ("fc2.bias", [3]),
    ];

    public TestCheckpoint()
    {
        var key = 0;
        foreach (var (name, shape) in Shapes)
        {
            Add(name, $"{key}", shape, Values(key, shape.Aggregate(1, (a, b) => a * b)));
            key++;
        }

        Root = new()
        {
            ["epoch"] = 4,
            ["model_state_dict"] = null,
            ["best_val_loss"] = 1.25,
            ["best_val_accuracy"] = 0.5,
            ["config"] = new Dictionary<object, object?> { ["sequence_length"] = 30 },
        };
    }

    /// <summary>What the pickle holds; <c>model_state_dict</c> is filled from <see cref="Tensors"/> where it is null.</summary>
    public Dictionary<object, object?> Root { get; }

    /// <summary>The tensors by name, in order.</summary>
    public Dictionary<object, object?> Tensors { get; } = [];

    /// <summary>The entries <c>data/{key}</c>.</summary>
    public Dictionary<string, byte[]> Storages { get; } = [];

    /// <summary>Further entries.</summary>
    public List<ZipItem> Entries { get; } = [new("tiny/version", "3\n"u8.ToArray())];

    /// <summary>The values of the tensor written under that key: whole eighths, which every float type holds exactly.</summary>
    public static float[] Values(int key, int count) => [.. Enumerable.Range(0, count).Select(i => (((i * 7) + (key * 3)) % 33 / 8f) - 2)];

    /// <summary>20 numbers by position.</summary>
    public static List<object?> Numbers(Func<int, object?> number) => [.. Enumerable.Range(0, FeatureNames.Count).Select(number)];

    /// <summary>20 numbers by feature name.</summary>
    public static Dictionary<object, object?> NumbersByName(Func<int, object?> number) =>
        Enumerable.Range(0, FeatureNames.Count).ToDictionary(i => (object)FeatureNames.All[i], number);

    public void Add(string name, string key, int[] shape, float[] values)
    {
        Storages[key] = [.. values.SelectMany(BitConverter.GetBytes)];
        Tensors[name] = new TestTensor(key, "FloatStorage", values.Length, 0, Boxed(shape), Boxed(Contiguous(shape))).Pickled;
    }

    public TestCheckpoint With(string key, object? value)
    {
        Root[key] = value;
        return this;
    }

    public byte[] Pickle()
    {
        Root["model_state_dict"] ??= new Built(
            new RawOpcodes([.. PickleWriter.Write(new Call("collections", "OrderedDict"))[2..^1], .. SetItems(Tensors)]),
            new Dictionary<object, object?> { ["_metadata"] = new Dictionary<object, object?>() });
        return PickleWriter.Write(Root);
    }

    public List<ZipItem> Items(byte[]? pickle = null) =>
    [
        new("tiny/data.pkl", pickle ?? Pickle()),
        .. Storages.Select(s => new ZipItem($"tiny/data/{s.Key}", s.Value)),
        .. Entries,
    ];

    public byte[] Bytes(byte[]? pickle = null) => ZipWriter.Write(Items(pickle));

    public Checkpoint Read() => Read(Bytes());

    /// <summary>The refusal of this checkpoint; the test fails where it is read.</summary>
    public CheckpointException Refused() => Refused(Bytes());

    public static Checkpoint Read(byte[] bytes) => CheckpointReader.Read(new MemoryStream(bytes), "tiny.pth");

    public static CheckpointException Refused(byte[] bytes) => Assert.Throws<CheckpointException>(() => Read(bytes));

    public void Refused(string because) => Refused(Bytes(), because);

    public static void Refused(byte[] bytes, string because) => Assert.Contains(because, Refused(bytes).Message, StringComparison.Ordinal);

    public static object?[] Boxed(IEnumerable<int> values) => [.. values.Cast<object?>()];

    public static int[] Contiguous(int[] shape) => shape.Length == 2 ? [shape[1], 1] : [1];

    /// <summary>A NumPy dtype with its state.</summary>
    public static Built DType(string code, string order = "<") => new(
        new Call("numpy", "dtype", code, false, true), new object?[] { 3, order, null, null, null, -1, -1, 0 });

    /// <summary>Bytes as protocol 2 writes them.</summary>
    public static Call Encoded(byte[] bytes) => new("_codecs", "encode", Encoding.Latin1.GetString(bytes), "latin1");

    public static Call Scalar(string code, byte[] bytes, string module = "numpy.core.multiarray", string order = "<") =>
        new(module, "scalar", DType(code, order), Encoded(bytes));

    public static Built Array(string code, byte[] bytes, int[] shape, string module = "numpy.core.multiarray") => new(
        new Call(module, "_reconstruct", new Class("numpy", "ndarray"), new object?[] { 0 }, Encoded("b"u8.ToArray())),
        new object?[] { 1, Boxed(shape), DType(code), false, Encoded(bytes) });

    private static byte[] SetItems(Dictionary<object, object?> items) => PickleWriter.Write(items)[3..^1];
}
