using System.Buffers.Binary;
using System.Text;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

// What a pickle may be written of, beside null, bool, int, long, double, string, List<object?>, object?[] and Dictionary<object, object?>.
internal sealed record Call(string Module, string Name, params object?[] Args);

internal sealed record NewObject(string Module, string Name, object? State);

internal sealed record Built(object? Target, object? State);

internal sealed record Class(string Module, string Name);

internal sealed record Persistent(object? Id);

internal sealed record RawOpcodes(params byte[] Bytes);

/// <summary>Writes pickles of protocol 2, without a memo, as Python would.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _out = [];

    public static byte[] Write(object? value)
    {
        var writer = new PickleWriter();
        writer.Bytes(0x80, 2);
        writer.Value(value);
        writer.Op('.');
        return writer._out.ToArray();
    }

    private void Value(object? value)
    {
        switch (value)
        {
            case null: Op('N'); break;
            case bool flag: Bytes(flag ? (byte)0x88 : (byte)0x89); break;
            case int number: Op('J'); Int32(number); break;
            case long number: Bytes(0x8a, 8); Int64(number); break;
            case double number: Op('G'); Double(number); break;
            case string text: Text(text); break;
            case object?[] tuple: Op('('); Each(tuple); Op('t'); break;
            case List<object?> list: Op(']'); Op('('); Each(list); Op('e'); break;
            case Dictionary<object, object?> dict: Op('}'); Op('('); Each(dict.SelectMany(p => new[] { p.Key, p.Value })); Op('u'); break;
            case Class type: Global(type.Module, type.Name); break;
            case Call call: Global(call.Module, call.Name); Value(call.Args); Op('R'); break;
            case NewObject made: Global(made.Module, made.Name); Op(')'); Bytes(0x81); Value(made.State); Op('b'); break;
            case Built built: Value(built.Target); Value(built.State); Op('b'); break;
            case Persistent persistent: Value(persistent.Id); Op('Q'); break;
            case RawOpcodes raw: Bytes(raw.Bytes); break;
            default: throw new ArgumentException($"no pickle of {value.GetType()}", nameof(value));
        }
    }

    private void Each(IEnumerable<object?> values)
    {
        foreach (var value in values)
        {
            Value(value);
        }
    }

    private void Global(string module, string name)
    {
        Op('c');
        Bytes(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));
    }

    private void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Op('X');
        Int32(bytes.Length);
        Bytes(bytes);
    }

    private void Op(char opcode) => _out.Add((byte)opcode);

    private void Bytes(params byte[] bytes) => _out.AddRange(bytes);

    private void Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _out.AddRange(bytes);
    }

    private void Int64(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _out.AddRange(bytes);
    }

    private void Double(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        _out.AddRange(bytes);
    }
}
