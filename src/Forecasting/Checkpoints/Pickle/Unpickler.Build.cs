namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

// The opcodes with which Python would call something. Each is read as data, and only in the forms that checkpoints have.
internal sealed partial class Unpickler
{
    private const int MaxRank = 8;
    private const int MaxStorageKeyLength = 32;
    private const long MaxStorageCount = 512L << 20;

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list)
        {
            throw Refuse($"items appended to {PickleValue.Describe(Top())}, expected a list");
        }

        list.AddRange(items);
    }

    private void SetItems(object?[] items)
    {
        if (Top() is not PickleDict dict || items.Length % 2 != 0)
        {
            throw Refuse($"{items.Length} keys and values set on {PickleValue.Describe(Top())}, expected pairs on a dict");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            switch (items[i])
            {
                case string key:
                    dict.Set(key, items[i + 1]);
                    break;
                case null or bool or long or double or object?[]:
                    break;
                default:
                    throw Refuse($"{PickleValue.Describe(items[i])} as a key of a dict, expected text or a number");
            }
        }
    }

    private void Reduce()
    {
        var call = Pop(2);
        if (call is not [PickleGlobal global, object?[] args])
        {
            throw Refuse($"a call of {PickleValue.Describe(call[0])} with {PickleValue.Describe(call[1])}, expected a global and a tuple");
        }

        _stack.Add((global.Kind, args) switch
        {
            (GlobalKind.OrderedDict, []) => new PickleDict(),
            (GlobalKind.RebuildTensor, [StorageRef storage, long offset, object?[] shape, object?[] stride, bool, PickleDict, ..]) when args.Length <= 7 =>
                Tensor(storage, offset, Dimensions(shape), Dimensions(stride)),
            (GlobalKind.RebuildParameter, [TensorRef tensor, bool, PickleDict]) => tensor,
            (GlobalKind.NumPyScalar, [NumPyType type, PickleBytes bytes]) => new NumPyScalar(type, bytes),
            (GlobalKind.NumPyReconstruct, [PickleGlobal { Kind: GlobalKind.NumPyArrayType }, object?[], PickleBytes]) => new NumPyArray(),
            (GlobalKind.NumPyType, [string code, bool, bool]) => new NumPyType(code),
            (GlobalKind.CodecsEncode, [string text, "latin1"]) => new PickleBytes(text),
            _ => throw Refuse($"{global.Name} with ({string.Join(", ", args.Take(MaxRank).Select(PickleValue.Describe))}), which no checkpoint needs"),
        });
    }

    private void NewObject()
    {
        var call = Pop(2);
        if (call is not [PickleGlobal { Kind: GlobalKind.StandardScaler }, object?[] { Length: 0 }])
        {
            throw Refuse($"a new object of {PickleValue.Describe(call[0])} with {PickleValue.Describe(call[1])}, expected a StandardScaler without arguments");
        }

        _stack.Add(new PickledScaler());
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
            // (version, shape, dtype, Fortran order, values)
            case (NumPyArray array, object?[] and [long, object?[] shape, NumPyType type, bool, PickleBytes or List<object?>] parts):
                (array.Shape, array.Type) = (Dimensions(shape), type);
                (array.Bytes, array.Objects) = (parts[4] as PickleBytes, parts[4] as List<object?>);
                break;
            default:
                throw Refuse($"{PickleValue.Describe(target)} given {PickleValue.Describe(state)} as its state, which no checkpoint needs");
        }
    }

    /// <summary>("storage", storage class, key, device, count[, view]); the device it was trained on does not matter.</summary>
    private StorageRef Storage(object? id)
    {
        if (id is object?[] { Length: 5 or 6 }
                and ["storage", PickleGlobal { Kind: GlobalKind.Storage } type, string { Length: > 0 and <= MaxStorageKeyLength } key, string, long count, ..]
            && count is >= 0 and <= MaxStorageCount && key.All(char.IsAsciiLetterOrDigit))
        {
            return new StorageRef(key, type.Element, count);
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
