using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle of protocol 2 to 5 into inert values, and calls nothing. What a global means is fixed by a list; what any other would make is an inert
/// object. Memory and time are proportional to the pickle's length: each opcode creates at most one small object, or one from the values it takes off the stack.
/// </summary>
internal sealed partial class Unpickler
{
    // a checkpoint with its optimizer's state takes 3,000
    private const int MaxOpcodes = 250_000;
    private const int MaxGlobalLength = 256;
    private const int LeastProtocol = 2;
    private const int GreatestProtocol = 5;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _pickle;
    private readonly SourceLocation _place;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly List<object?> _memo = [];
    private int _next;
    private int _opcodeAt;
    private int _protocol = LeastProtocol;

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

        throw Refuse($"more than {MaxOpcodes} opcodes: save the file without what no prediction needs");
    }

    private void Step(Opcode opcode)
    {
        if (opcode.Protocol() > _protocol)
        {
            throw Refuse($"opcode 0x{(byte)opcode:x2} of protocol {opcode.Protocol()} in a pickle of protocol {_protocol}");
        }

        switch (opcode)
        {
            case Opcode.Proto: _protocol = CheckProtocol(Take(1)[0]); break;
            case Opcode.Frame: CheckFrame(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))); break;
            case Opcode.Mark: _marks.Add(_stack.Count); break;
            // written where a value contains itself: its parts are there twice
            case Opcode.Pop: Pop(1); break;
            case Opcode.PopMark: PopToMark(); break;
            case Opcode.None: _stack.Add(null); break;
            case Opcode.NewTrue: _stack.Add(true); break;
            case Opcode.NewFalse: _stack.Add(false); break;
            case Opcode.BinInt: _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case Opcode.BinInt1: _stack.Add((long)Take(1)[0]); break;
            case Opcode.BinInt2: _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case Opcode.Long1: _stack.Add(Long(Take(Take(1)[0]))); break;
            case Opcode.Long4: _stack.Add(Long(Take(Length4()))); break;
            case Opcode.BinFloat: _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case Opcode.ShortBinUnicode: _stack.Add(Text(Take(Take(1)[0]))); break;
            case Opcode.BinUnicode: _stack.Add(Text(Take(Length4()))); break;
            case Opcode.BinUnicode8: _stack.Add(Text(Take(Length8()))); break;
            case Opcode.ShortBinString: _stack.Add(Encoding.Latin1.GetString(Take(Take(1)[0]))); break;
            case Opcode.ShortBinBytes: _stack.Add(Bytes(Take(Take(1)[0]))); break;
            case Opcode.BinBytes: _stack.Add(Bytes(Take(Length4()))); break;
            case Opcode.BinBytes8 or Opcode.ByteArray8: _stack.Add(Bytes(Take(Length8()))); break;
            case Opcode.EmptyTuple: _stack.Add(Array.Empty<object?>()); break;
            case Opcode.Tuple: _stack.Add(PopToMark()); break;
            case Opcode.Tuple1: _stack.Add(Pop(1)); break;
            case Opcode.Tuple2: _stack.Add(Pop(2)); break;
            case Opcode.Tuple3: _stack.Add(Pop(3)); break;
            case Opcode.EmptyList: _stack.Add(new List<object?>()); break;
            case Opcode.EmptyDict: _stack.Add(new PickleDict()); break;
            case Opcode.EmptySet: _stack.Add(new PickleSet()); break;
            case Opcode.FrozenSet: _stack.Add(new PickleSet { Count = PopToMark().Length }); break;
            case Opcode.AddItems: AddItems(PopToMark()); break;
            case Opcode.Append: Append(Pop(1)); break;
            case Opcode.Appends: Append(PopToMark()); break;
            case Opcode.SetItem: SetItems(Pop(2)); break;
            case Opcode.SetItems: SetItems(PopToMark()); break;
            case Opcode.BinPut: Put(Take(1)[0]); break;
            case Opcode.LongBinPut: Put(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case Opcode.Memoize: Put((uint)_memo.Count); break;
            case Opcode.BinGet: _stack.Add(Get(Take(1)[0])); break;
            case Opcode.LongBinGet: _stack.Add(Get(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case Opcode.Global: _stack.Add(PickleGlobal.Of(Line(), Line())); break;
            case Opcode.StackGlobal: _stack.Add(StackGlobal(Pop(2))); break;
            case Opcode.BinPersId: _stack.Add(Storage(Pop(1)[0])); break;
            case Opcode.Reduce: Reduce(); break;
            case Opcode.NewObj: NewObject(1); break;
            case Opcode.NewObjEx: NewObject(2); break;
            case Opcode.Build: Build(Pop(1)[0], Top()); break;
            default: throw Refuse($"opcode 0x{(byte)opcode:x2}, which no checkpoint of pickle protocol {LeastProtocol} to {GreatestProtocol} needs");
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

    private int CheckProtocol(byte protocol) => protocol is >= LeastProtocol and <= GreatestProtocol
        ? protocol
        : throw Refuse($"pickle protocol {protocol}, expected {LeastProtocol}, the one torch.save writes by itself, to {GreatestProtocol}");

    // Frames only say how much to read at a time.
    private void CheckFrame(ulong length)
    {
        if (length > (ulong)(_pickle.Length - _next))
        {
            throw Refuse($"a frame of {length} bytes, {_pickle.Length - _next} left");
        }
    }

    private long Length4() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private long Length8() => (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)), long.MaxValue);

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

    private static PickleBytes Bytes(ReadOnlySpan<byte> bytes) => new(Encoding.Latin1.GetString(bytes));

    private static object Long(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            return new PickleLongInteger(littleEndian.Length);
        }

        Span<byte> wide = stackalloc byte[sizeof(long)];
        wide.Fill(littleEndian.Length > 0 && littleEndian[^1] >= 0x80 ? (byte)0xff : (byte)0);
        littleEndian.CopyTo(wide);
        return BinaryPrimitives.ReadInt64LittleEndian(wide);
    }

    private PickleGlobal StackGlobal(object?[] names) => names is [string { Length: <= MaxGlobalLength } module, string { Length: <= MaxGlobalLength } name]
        ? PickleGlobal.Of(module, name)
        : throw Refuse($"a global of {PickleValue.Describe(names[0])} and {PickleValue.Describe(names[1])}, expected two texts of at most {MaxGlobalLength} "
            + "characters");

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

    /// <summary>
    /// The key of the file's dict whose value is being read, or null. The dict lies at the bottom of the stack, then its keys and values in turn, up to the
    /// mark of what the last value contains.
    /// </summary>
    private string? Key()
    {
        if (_stack is not [PickleDict, ..])
        {
            return null;
        }

        var inner = _marks.FindIndex(mark => mark > 1);
        var last = (inner < 0 ? _stack.Count : _marks[inner]) - 1;
        for (var at = last % 2 == 1 ? last : last - 1; at > 0; at -= 2)
        {
            // a global after a key is a call in progress, whose arguments are no keys
            if (_stack[at] is string key && !(at >= 3 && _stack[at - 1] is PickleGlobal { Kind: not GlobalKind.Unknown }))
            {
                return key;
            }
        }

        return null;
    }

    private CheckpointException Refuse(string detail)
    {
        var place = $"data.pkl, offset {_opcodeAt}";
        return Key() is { } key
            ? _place.At($"{place}, under {SourceLocation.Quote(key)}").Refuse(detail)
            : _place.At(place).Refuse(detail);
    }
}
