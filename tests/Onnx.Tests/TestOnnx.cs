using System.Runtime.InteropServices;
using System.Text;

namespace Coinsphere.Messaging.Onnx.Tests;

/// <summary>ONNX files made for a test, message by message, so that they may be wrong in any place.</summary>
internal sealed class TestOnnx
{
    public const int Steps = 3;

    /// <summary>Its weights give the classes one after the other a larger part.</summary>
    private static readonly float[] Weights = [.. Enumerable.Range(0, Steps * 2 * 3).Select(i => ((i % 5) - 2) / 4f)];

    public Dictionary<string, string> Properties { get; } = new()
    {
        ["sequence_length"] = "3",
        ["features"] = """["rsi", "close"]""",
        ["scaler"] = "window",
        ["model_version"] = "test-1",
    };

    public List<byte[]> Nodes { get; } =
        [Node("Flatten", ["window"], ["flat"]), Node("MatMul", ["flat", "weights"], ["logits"]), Node("Softmax", ["logits"], ["probabilities"])];

    public List<byte[]> Initializers { get; } = [Tensor("weights", [Steps * 2, 3], Weights)];

    public List<byte[]> Inputs { get; } = [Value("window", 1, null, Steps, 2)];

    public List<byte[]> Outputs { get; } = [Value("probabilities", 1, null, 3)];

    /// <summary>What comes after all else of the graph, and of the model.</summary>
    public List<(int Field, object Value)> MoreGraph { get; } = [];

    public List<(int Field, object Value)> MoreModel { get; } = [];

    public string Domain { get; set; } = "";

    public byte[] Graph => Message(
        [.. Nodes.Select(node => (1, (object)node)), (2, "graph"), .. Initializers.Select(tensor => (5, (object)tensor)), .. Inputs.Select(
            value => (11, (object)value)),
            .. Outputs.Select(value => (12, (object)value)), .. MoreGraph]);

    public byte[] Bytes() => Message(
        [(1, 8), (2, "tests"), (7, Graph), (8, Message((1, Domain), (2, 16))), .. Properties.Select(
            pair => (14, (object)Message((1, pair.Key), (2, pair.Value)))), .. MoreModel]);

    public OnnxModel Read() => OnnxModel.Read(Bytes(), "TEST_best.onnx");

    /// <summary>A file with one of its entries changed, or without it.</summary>
    public TestOnnx With(string key, string? value)
    {
        Properties.Remove(key);
        if (value is not null)
        {
            Properties[key] = value;
        }

        return this;
    }

    /// <summary>A file with other operations.</summary>
    public TestOnnx Running(params byte[][] nodes)
    {
        Nodes.Clear();
        Nodes.AddRange(nodes);
        return this;
    }

    /// <summary>A file with one more stored tensor.</summary>
    public TestOnnx Holding(params byte[][] tensors)
    {
        Initializers.AddRange(tensors);
        return this;
    }

    public static byte[] Node(string type, string[] inputs, string[] outputs, params byte[][] attributes) => Message(
        [.. inputs.Select(name => (1, (object)name)), .. outputs.Select(name => (2, (object)name)), (4, type), .. attributes.Select(
            attribute => (5, (object)attribute))]);

    public static byte[] Number(string name, int value) => Message((1, name), (3, value), (20, 2));

    public static byte[] Numbers(string name, params int[] values) => Message([(1, name), .. values.Select(value => (8, (object)value)), (20, 7)]);

    public static byte[] Tensor(string name, int[] shape, float[] values) =>
        Message([.. shape.Select(size => (1, (object)size)), (2, 1), (8, name), (9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray())]);

    public static byte[] Integers(string name, params long[] values) =>
        Message((1, values.Length), (2, 7), (8, name), (9, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()));

    /// <summary>An input or output; a size of null is open.</summary>
    public static byte[] Value(string name, int type, params int?[] shape) => Message(
        (1, name), (2, Message((1, Message(
            (1, type),
            (2, Message([.. shape.Select(size => (1, (object)(size is { } fixedSize ? Message((1, fixedSize)) : Message((2, "batch")))))])))))));

    /// <summary>A protobuf message: whole numbers as varints, text and bytes as bytes.</summary>
    public static byte[] Message(params (int Field, object Value)[] fields)
    {
        var bytes = new List<byte>();
        foreach (var (field, value) in fields)
        {
            if (value is int number)
            {
                Varint(bytes, (ulong)field << 3);
                Varint(bytes, (ulong)number);
                continue;
            }

            var content = value as byte[] ?? Encoding.UTF8.GetBytes((string)value);
            Varint(bytes, ((ulong)field << 3) | 2);
            Varint(bytes, (ulong)content.Length);
            bytes.AddRange(content);
        }

        return [.. bytes];
    }

    private static void Varint(List<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            into.Add((byte)(value | 0x80));
        }

        into.Add((byte)value);
    }
}
