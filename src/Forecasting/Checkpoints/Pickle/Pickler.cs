using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

/// <summary>A float32 tensor to write, contiguous; its values become the storage data/{number of tensors before it}.</summary>
internal sealed record TensorToWrite(float[] Values, params int[] Shape);

/// <summary>A dict that loads as an OrderedDict, as PyTorch's modules write their state.</summary>
internal sealed record OrderedDictToWrite(IReadOnlyList<KeyValuePair<string, object?>> Items);

/// <summary>
/// Writes pickles of protocol 2. Values are null, bool, int, double, string,
/// lists (List&lt;object?&gt;), dicts (Dictionary, keyed by string or int) and the two above.
/// </summary>
internal sealed class Pickler
{
    private readonly List<byte> _pickle = [];

    /// <summary>The storages of the tensors met, in order.</summary>
    public List<byte[]> Storages { get; } = [];

    public byte[] Write(object? value)
    {
        Op(Opcode.Proto);
        _pickle.Add(2);
        Value(value);
        Op(Opcode.Stop);
        return _pickle.ToArray();
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: Op(Opcode.None); break;
            case bool flag: Op(flag ? Opcode.NewTrue : Opcode.NewFalse); break;
            case int number: Int(number); break;
            case double number: Tensor("DoubleStorage", BitConverter.GetBytes(number), 1, []); break;
            case string text: Text(text); break;
            case TensorToWrite tensor:
                Tensor(
                "FloatStorage",
                MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray(),
                tensor.Values.Length,
                tensor.Shape); break;
            case List<object?> list: Op(Opcode.EmptyList); Each(list, Opcode.Appends); break;
            case Dictionary<string, object?> dict: Op(Opcode.EmptyDict); Each(dict.SelectMany(p => new[] { p.Key, p.Value }), Opcode.SetItems); break;
            case Dictionary<int, object?> dict: Op(Opcode.EmptyDict); Each(dict.SelectMany(p => new[] { p.Key, p.Value }), Opcode.SetItems); break;
            case OrderedDictToWrite dict: EmptyOrderedDict(); Each(dict.Items.SelectMany(p => new[] { p.Key, p.Value }), Opcode.SetItems); break;
            default: throw new ArgumentException($"no checkpoint holds a {value.GetType()}", nameof(value));
        }
    }

    // PyTorch 1.13 reads no float with weights_only: fractions are tensors of no dimension
    private void Tensor(string type, byte[] values, int count, int[] shape)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op(Opcode.Mark);
        Op(Opcode.Mark);
        Text("storage");
        Global("torch", type);
        Text($"{Storages.Count}");
        Text("cpu");
        Int(count);
        Op(Opcode.Tuple);
        Op(Opcode.BinPersId);
        Int(0);
        Ints(shape);
        Ints([.. shape.Select((_, i) => shape.Skip(i + 1).Aggregate(1, (a, b) => a * b))]);
        Op(Opcode.NewFalse);
        EmptyOrderedDict();
        Op(Opcode.Tuple);
        Op(Opcode.Reduce);
        Storages.Add(values);
    }

    private void EmptyOrderedDict()
    {
        Global("collections", "OrderedDict");
        Op(Opcode.EmptyTuple);
        Op(Opcode.Reduce);
    }

    private void Each(IEnumerable<object?> values, Opcode end)
    {
        Op(Opcode.Mark);
        foreach (var value in values)
        {
            Value(value);
        }

        Op(end);
    }

    private void Ints(int[] values)
    {
        Op(Opcode.Mark);
        Array.ForEach(values, Int);
        Op(Opcode.Tuple);
    }

    private void Global(string module, string name)
    {
        Op(Opcode.Global);
        _pickle.AddRange(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        Op(Opcode.BinUnicode);
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _pickle.AddRange(length);
        _pickle.AddRange(bytes);
    }

    private void Int(int number)
    {
        Op(Opcode.BinInt);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        _pickle.AddRange(bytes);
    }

    private void Op(Opcode opcode) => _pickle.Add((byte)opcode);
}
