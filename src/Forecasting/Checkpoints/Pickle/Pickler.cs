using System.Buffers.Binary;
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

    /// <summary>The tensors met, in the order of their storages.</summary>
    public List<TensorToWrite> Storages { get; } = [];

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
            case double number: Double(number); break;
            case string text: Text(text); break;
            case TensorToWrite tensor: Tensor(tensor); break;
            case List<object?> list: Op(Opcode.EmptyList); Each(list, Opcode.Appends); break;
            case Dictionary<string, object?> dict: Op(Opcode.EmptyDict); Each(dict.SelectMany(p => new[] { p.Key, p.Value }), Opcode.SetItems); break;
            case Dictionary<int, object?> dict: Op(Opcode.EmptyDict); Each(dict.SelectMany(p => new[] { p.Key, p.Value }), Opcode.SetItems); break;
            case OrderedDictToWrite dict: EmptyOrderedDict(); Each(dict.Items.SelectMany(p => new[] { p.Key, p.Value }), Opcode.SetItems); break;
            default: throw new ArgumentException($"no checkpoint holds a {value.GetType()}", nameof(value));
        }
    }

    private void Tensor(TensorToWrite tensor)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Op(Opcode.Mark);
        Op(Opcode.Mark);
        Text("storage");
        Global("torch", "FloatStorage");
        Text($"{Storages.Count}");
        Text("cpu");
        Int(tensor.Values.Length);
        Op(Opcode.Tuple);
        Op(Opcode.BinPersId);
        Int(0);
        Ints(tensor.Shape);
        Ints([.. tensor.Shape.Select((_, i) => tensor.Shape.Skip(i + 1).Aggregate(1, (a, b) => a * b))]);
        Op(Opcode.NewFalse);
        EmptyOrderedDict();
        Op(Opcode.Tuple);
        Op(Opcode.Reduce);
        Storages.Add(tensor);
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

    private void Double(double number)
    {
        Op(Opcode.BinFloat);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, number);
        _pickle.AddRange(bytes);
    }

    private void Op(Opcode opcode) => _pickle.Add((byte)opcode);
}
