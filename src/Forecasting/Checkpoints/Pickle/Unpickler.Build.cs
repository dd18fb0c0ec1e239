namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

// The opcodes with which Python would call something. Each is read as data, in the forms that checkpoints have. What another call would make is inert: an
// object without its arguments, which is refused only where something reads it.
internal sealed partial class Unpickler
{
    // Each dict hashes its keys, and the memo gives one text to as many dicts as there are opcodes: without a bound, one text of megabytes costs minutes.
    private const int MaxKeyLength = 1024;
    private const int MaxRank = 8;
    private const int MaxStorageKeyLength = 32;
    private const long MaxStorageCount = 512L << 20;

    private void Append(object?[] items)
    {
        switch (Top())
        {
            case List<object?> list:
                list.AddRange(items);
                break;
            case PickleObject:
                break;
            case var other:
                throw Refuse($"items appended to {PickleValue.Describe(other)}, expected a list");
        }
    }

    private void SetItems(object?[] items)
    {
        var dict = Top() switch
        {
            PickleDict own => own,
            PickleObject made => made.Items ??= new PickleDict(),
            _ => null,
        };
        if (dict is null || items.Length % 2 != 0)
        {
            throw Refuse($"{items.Length} keys and values set on {PickleValue.Describe(Top())}, expected pairs on a dict");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            switch (items[i])
            {
                case string { Length: <= MaxKeyLength } key:
                    dict.Set(key, items[i + 1]);
                    break;
                case string key:
                    throw Refuse($"a key of {key.Length} characters, {SourceLocation.Quote(key)}, expected at most {MaxKeyLength}: save the file without it");
                case PickleDict or List<object?>:
                    throw Refuse($"{PickleValue.Describe(items[i])} as a key of a dict, expected text or a number");
            }
        }
    }

    private void AddItems(object?[] items)
    {
        switch (Top())
        {
            case PickleSet set:
                set.Count += items.Length;
                break;
            case PickleObject:
                break;
            case var other:
                throw Refuse($"items added to {PickleValue.Describe(other)}, expected a set");
        }
    }

    private void Reduce()
    {
        var call = Pop(2);
        _stack.Add(call switch
        {
            [PickleGlobal global, object?[] args] => Call(global, args),
            [PickleObject made, object?[]] => new PickleObject(made.Made),
            _ => throw Refuse($"a call of {PickleValue.Describe(call[0])} with {PickleValue.Describe(call[1])}, expected a global and a tuple"),
        });
    }

    private object Call(PickleGlobal global, object?[] args) => (global.Kind, args) switch
    {
        (GlobalKind.OrderedDict, []) or (GlobalKind.Counter, []) or (GlobalKind.DefaultDict, [] or [null or PickleGlobal]) => new PickleDict(),
        (GlobalKind.Counter, [PickleDict counts]) => counts,
        (GlobalKind.Set, []) => new PickleSet(),
        (GlobalKind.Set, [List<object?> items]) => new PickleSet { Count = items.Count },
        (GlobalKind.Size, [object?[] size]) => size,
        (GlobalKind.RebuildTensor, [StorageRef storage, long offset, object?[] shape, object?[] stride, bool, PickleDict, ..]) when args.Length <= 7 =>
            Tensor(storage, offset, Dimensions(shape), Dimensions(stride)),
        // a storage of elements that are not read
        (GlobalKind.RebuildTensor, [PickleObject storage, ..]) => storage,
        (GlobalKind.RebuildParameter, [TensorRef or PickleObject, bool, PickleDict, ..]) when args.Length <= 4 => args[0]!,
        // (function, class, its arguments, state): a tensor with attributes
        (GlobalKind.RebuildFromType, [PickleGlobal { Kind: GlobalKind.RebuildTensor or GlobalKind.RebuildParameter } made, PickleGlobal, object?[] inner, _]) =>
            Call(made, inner),
        (GlobalKind.NumPyScalar, [NumPyType type, PickleBytes bytes]) => new NumPyScalar(type, bytes),
        (GlobalKind.NumPyReconstruct, [PickleGlobal { Kind: GlobalKind.NumPyArrayType }, object?[], PickleBytes]) => new NumPyArray(),
        (GlobalKind.NumPyFromBuffer, [PickleBytes bytes, NumPyType type, object?[] shape, string]) =>
            new NumPyArray { Shape = Dimensions(shape), Type = type, Bytes = bytes },
        (GlobalKind.NumPyType, [string code, bool, bool]) => new NumPyType(code),
        (GlobalKind.CodecsEncode, [string text, "latin1"]) => new PickleBytes(text),
        _ => new PickleObject(global),
    };

    /// <summary>NEWOBJ, with a tuple of arguments, and NEWOBJ_EX, with a dict of named ones after it.</summary>
    private void NewObject(int arguments)
    {
        var call = Pop(1 + arguments);
        _stack.Add(call switch
        {
            [PickleGlobal { Kind: GlobalKind.StandardScaler }, object?[] { Length: 0 }] => new PickledScaler(),
            [PickleGlobal type, object?[], ..] => new PickleObject(type),
            [PickleObject made, object?[], ..] => new PickleObject(made.Made),
            _ => throw Refuse($"a new object of {PickleValue.Describe(call[0])} with {PickleValue.Describe(call[1])}, expected a class and a tuple"),
        });
    }

    private void Build(object? state, object? target)
    {
        switch (target, state)
        {
            // a state dict's _metadata
            case (PickleDict, PickleDict):
                break;
            case (PickledScaler scaler, PickleDict dict):
                scaler.State = dict;
                break;
            // (version, byte order, subarray, names, fields, item size, alignment, flags)
            case (NumPyType type, object?[] and [long, "<" or ">" or "=" or "|", null, null, null, ..] parts):
                type.BigEndian = parts[1] is ">";
                break;
            case (NumPyType type, object?[]):
                type.Code = NumPyType.Compound;
                break;
            // (version, shape, dtype, Fortran order, values)
            case (NumPyArray array, object?[] and [long, object?[] shape, NumPyType type, bool, PickleBytes or List<object?>] parts):
                (array.Shape, array.Type) = (Dimensions(shape), type);
                (array.Bytes, array.Objects) = (parts[4] as PickleBytes, parts[4] as List<object?>);
                break;
            case (PickleObject made, object?[] and [null or PickleDict, null or PickleDict] parts):
                (made.Fields, made.Slots) = (parts[0] as PickleDict, parts[1] as PickleDict);
                break;
            case (PickleObject made, _):
                made.Fields = state as PickleDict;
                break;
            default:
                throw Refuse($"{PickleValue.Describe(target)} given {PickleValue.Describe(state)} as its state, which no checkpoint needs");
        }
    }

    /// <summary>("storage", storage class, key, device, count[, view]); the device it was trained on does not matter.</summary>
    private object Storage(object? id)
    {
        if (id is object?[] { Length: 5 or 6 }
                and ["storage", PickleGlobal type, string { Length: > 0 and <= MaxStorageKeyLength } key, string, long count, ..]
            && count is >= 0 and <= MaxStorageCount && key.All(char.IsAsciiLetterOrDigit))
        {
            return type.Kind == GlobalKind.Storage ? new StorageRef(key, type.Element, count) : new PickleObject(type);
        }

        var found = id is object?[] parts ? string.Join(", ", parts.Take(MaxRank).Select(PickleValue.Describe)) : PickleValue.Describe(id);
        throw Refuse($"a persistent id of {found}, expected 'storage', a storage class, a key, a device and a count of at most {MaxStorageCount}");
    }

    private long[] Dimensions(object?[] values)
    {
        if (values.Length > MaxRank || values.Any(v => v is not >= 0L))
        {
            throw Refuse($"{PickleValue.Describe(values)} as a shape or stride, expected at most {MaxRank} numbers of at least 0");
        }

        return Array.ConvertAll(values, v => (long)v!);
    }

    private TensorRef Tensor(StorageRef storage, long offset, long[] shape, long[] stride)
    {
        var fits = false;
        var count = 1L;
        try
        {
            var last = offset;
            for (var i = 0; i < shape.Length && shape.Length == stride.Length; i++)
            {
                count = checked(count * shape[i]);
                last = checked(last + ((shape[i] - 1) * stride[i]));
            }

            fits = shape.Length == stride.Length && offset >= 0 && (count == 0 ? offset <= storage.Count : last < storage.Count);
        }
        catch (OverflowException)
        {
            // no storage is that large: it does not fit
        }

        return fits
            ? new TensorRef(storage, offset, shape, stride, count)
            : throw Refuse($"a tensor of shape {TensorRef.Show(shape)}, stride {TensorRef.Show(stride)} and offset {offset}, "
                + $"expected it within its storage of {storage.Count}");
    }
}
