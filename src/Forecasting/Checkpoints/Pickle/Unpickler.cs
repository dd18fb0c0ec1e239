using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle into inert values. It accepts only the opcodes and globals that checkpoints need, and calls nothing. Memory and time are
/// proportional to the pickle's length: each opcode creates at most one small object, or one from the values it takes off the stack.
/// </summary>
internal sealed partial class Unpickler
{
    // a checkpoint with its optimizer's state takes 3,000
    private const int MaxOpcodes = 250_000;
    private const int MaxGlobalLength = 256;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _pickle;
    private readonly SourceLocation _place;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private int _next;
    private int _opcodeAt;

    private Unpickler(byte[] pickle, SourceLocation place)
    {
        _pickle = pickle;
        _place = place;
    }

    /// <summary>The value of the pickle.</summary>
    /// <exception cref="CheckpointException">It is damaged, or contains something that no checkpoint needs.</exception>
    public static object? Load(byte[] pickle, SourceLocation place) => new Unpickler(pickle, place).Run();

    private object? Run()
    {
        for (var count = 0; count < MaxOpcodes; count++)
        {
            _opcodeAt = _next;
            var opcode = (Opcode)Take(1)[0];
            if ((opcode == Opcode.Proto) != (count == 0))
            {
                throw Refuse($"opcode 0x{(byte)opcode:x2}, expected PROTO once and first");
            }

            if (opcode == Opcode.Stop)
            {
                return Finish();
            }

            Step(opcode);
        }

        throw Refuse($"more than {MaxOpcodes} opcodes");
    }

    private void Step(Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Proto: CheckProtocol(Take(1)[0]); break;
            case Opcode.Mark: _marks.Add(_stack.Count); break;
            case Opcode.None: _stack.Add(null); break;
            case Opcode.NewTrue: _stack.Add(true); break;
            case Opcode.NewFalse: _stack.Add(false); break;
            case Opcode.BinInt: _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case Opcode.BinInt1: _stack.Add((long)Take(1)[0]); break;
            case Opcode.BinInt2: _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case Opcode.Long1: _stack.Add(Long(Take(Take(1)[0]))); break;
            case Opcode.BinFloat: _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case Opcode.BinUnicode: _stack.Add(Text(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case Opcode.EmptyTuple: _stack.Add(Array.Empty<object?>()); break;
            case Opcode.Tuple: _stack.Add(PopToMark()); break;
            case Opcode.Tuple1: _stack.Add(Pop(1)); break;
            case Opcode.Tuple2: _stack.Add(Pop(2)); break;
            case Opcode.Tuple3: _stack.Add(Pop(3)); break;
            case Opcode.EmptyList: _stack.Add(new List<object?>()); break;
            case Opcode.EmptyDict: _stack.Add(new PickleDict()); break;
            case Opcode.Append: Append(Pop(1)); break;
            case Opcode.Appends: Append(PopToMark()); break;
            case Opcode.SetItem: SetItems(Pop(2)); break;
            case Opcode.SetItems: SetItems(PopToMark()); break;
            case Opcode.BinPut: Put(Take(1)[0]); break;
            case Opcode.LongBinPut: Put(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case Opcode.BinGet: _stack.Add(Get(Take(1)[0])); break;
            case Opcode.LongBinGet: _stack.Add(Get(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case Opcode.Global: _stack.Add(Global()); break;
            case Opcode.BinPersId: _stack.Add(Storage(Pop(1)[0])); break;
            case Opcode.Reduce: Reduce(); break;
            case Opcode.NewObj: NewObject(); break;
            case Opcode.Build: Build(Pop(1)[0], Top()); break;
            default: throw Refuse($"opcode 0x{(byte)opcode:x2}, which no checkpoint of pickle protocol 2 needs");
        }
    }

    private object? Finish()
    {
        if (_marks.Count > 0 || _stack.Count != 1 || _next != _pickle.Length)
        {
            throw Refuse($"the end, with {_stack.Count} values, {_marks.Count} open marks and {_pickle.Length - _next} bytes left; expected one value alone");
        }

        return _stack[0];
    }

    private void CheckProtocol(byte protocol)
    {
        if (protocol != 2)
        {
            throw Refuse($"pickle protocol {protocol}, expected 2, the one torch.save writes by itself");
        }
    }

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _pickle.Length - _next)
        {
            throw Refuse($"{count} more bytes wanted, {_pickle.Length - _next} left");
        }

        var taken = _pickle.AsSpan(_next, (int)count);
        _next += (int)count;
        return taken;
    }

    private string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Refuse("a text that is not UTF-8");
        }
    }

    private long Long(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            throw Refuse($"an integer of {littleEndian.Length} bytes, expected at most {sizeof(long)}");
        }

        Span<byte> wide = stackalloc byte[sizeof(long)];
        wide.Fill(littleEndian.Length > 0 && littleEndian[^1] >= 0x80 ? (byte)0xff : (byte)0);
        littleEndian.CopyTo(wide);
        return BinaryPrimitives.ReadInt64LittleEndian(wide);
    }

    private PickleGlobal Global()
    {
        var name = $"{Line()}.{Line()}";
        return PickleGlobal.Allowed.TryGetValue(name, out var global)
            ? global
            : throw Refuse($"the global {SourceLocation.Quote(name)}, which is not on the list of what a checkpoint may name; nothing was executed");
    }

    private string Line()
    {
        var rest = _pickle.AsSpan(_next);
        var length = rest[..Math.Min(rest.Length, MaxGlobalLength + 1)].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Refuse($"a name without an end, expected at most {MaxGlobalLength} bytes");
        }

        var line = Text(Take(length));
        Take(1);
        return line;
    }

    private object?[] Pop(int count)
    {
        if (_stack.Count - count < Floor)
        {
            throw Refuse($"{count} values wanted from a stack that has {_stack.Count - Floor}");
        }

        var popped = CollectionsMarshal.AsSpan(_stack)[^count..].ToArray();
        _stack.RemoveRange(_stack.Count - count, count);
        return popped;
    }

    private object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw Refuse("values since a mark wanted, but no mark is set");
        }

        var popped = Pop(_stack.Count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return popped;
    }

    private object? Top() => _stack.Count > Floor ? _stack[^1] : throw Refuse("a value wanted from an empty stack");

    // values below the last mark belong to an outer object
    private int Floor => _marks.Count == 0 ? 0 : _marks[^1];

    // Python numbers memo entries in order. A gap was not written by Python, and would waste memory
    private void Put(uint index)
    {
        if (index > _memo.Count)
        {
            throw Refuse($"memo entry {index}, expected at most the next, {_memo.Count}");
        }

        if (index == _memo.Count)
        {
            _memo.Add(null);
        }

        _memo[(int)index] = Top();
    }

    private object? Get(uint index) =>
        index < _memo.Count ? _memo[(int)index] : throw Refuse($"memo entry {index}, expected one of the {_memo.Count} there are");

    private CheckpointException Refuse(string detail) => _place.At($"data.pkl, offset {_opcodeAt}").Refuse(detail);
}
