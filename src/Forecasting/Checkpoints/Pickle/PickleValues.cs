namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

// The values of a pickle, as inert data. None, bool, int, float and str are null, bool, long, double and string; a list is a List<object?>, a tuple
// an object?[].

/// <summary>A dict or an OrderedDict. Only string keys are stored: nothing that is read has another kind of key (an optimizer's state has).</summary>
internal sealed class PickleDict
{
    private Dictionary<string, object?>? _items;

    public IEnumerable<string> Keys => _items?.Keys ?? Enumerable.Empty<string>();

    public void Set(string key, object? value) => (_items ??= new(StringComparer.Ordinal))[key] = value;

    public bool TryGet(string key, out object? value)
    {
        value = null;
        return _items is not null && _items.TryGetValue(key, out value);
    }

    /// <summary>The value of a key; null where it is None or missing.</summary>
    public object? Get(string key) => _items?.GetValueOrDefault(key);
}

/// <summary>Bytes, as protocol 2 writes them: a string of the characters 0 to 255, decoded only where its bytes are needed.</summary>
internal sealed record PickleBytes(string Latin1);

/// <summary>A set or frozenset. Its items are not stored: nothing that is read has no order.</summary>
internal sealed class PickleSet
{
    public long Count { get; set; }
}

/// <summary>An integer too long for any number that is read, such as the state of a random generator.</summary>
internal sealed record PickleLongInteger(int Length);

/// <summary>
/// What a call of an unknown global would make: inert, without its arguments. Its fields are plain data where Python would set them from a dict, as those of
/// an <c>argparse.Namespace</c> or a dataclass; they are referred to, never copied.
/// </summary>
internal sealed class PickleObject(PickleGlobal made)
{
    public PickleGlobal Made { get; } = made;

    /// <summary>The fields, from BUILD; null where there are none.</summary>
    public PickleDict? Fields { get; set; }

    /// <summary>The fields that the class declares as slots, from BUILD.</summary>
    public PickleDict? Slots { get; set; }

    /// <summary>The items of a class derived from dict.</summary>
    public PickleDict? Items { get; set; }

    /// <summary>What it holds as data, for a reader that expects a dict; null where there is nothing.</summary>
    public PickleDict? Content => Items ?? Fields ?? Slots;
}

/// <summary>A pickled <c>StandardScaler</c>.</summary>
internal sealed class PickledScaler
{
    public PickleDict State { get; set; } = new();
}

/// <summary>A NumPy dtype: its code, as in <c>f8</c>, and its byte order.</summary>
internal sealed class NumPyType(string code)
{
    // a type with fields or dimensions of its own, whose items are not read
    public const string Compound = "V";

    public string Code { get; set; } = code;

    public bool BigEndian { get; set; }
}

/// <summary>A NumPy scalar.</summary>
internal sealed record NumPyScalar(NumPyType Type, PickleBytes Bytes);

/// <summary>A NumPy array; of objects where its values are a list. Empty until BUILD gives it its state.</summary>
internal sealed class NumPyArray
{
    public long[] Shape { get; set; } = [0];

    public NumPyType? Type { get; set; }

    public PickleBytes? Bytes { get; set; }

    public List<object?>? Objects { get; set; }
}

/// <summary>A storage by its key, which names the zip entry <c>data/{key}</c>; <paramref name="Count"/> elements.</summary>
internal sealed record StorageRef(string Key, TensorType Type, long Count);

/// <summary>A tensor that is not read yet: a view of a storage, checked to lie within its declared count.</summary>
/// <param name="Storage">Where its elements are.</param>
/// <param name="Offset">The element it begins at.</param>
/// <param name="Shape">Its dimensions; none for a scalar.</param>
/// <param name="Stride">Elements from one to the next, per dimension.</param>
/// <param name="Count">The number of its elements.</param>
internal sealed record TensorRef(StorageRef Storage, long Offset, long[] Shape, long[] Stride, long Count)
{
    public static string Show(long[] shape) => $"[{string.Join(", ", shape)}]";
}

internal static class PickleValue
{
    private const string Unlisted = "which is not on the list of what is read; nothing was executed";

    /// <summary>Describes a value for a message.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        bool or long or double => FormattableString.Invariant($"the number {value}"),
        string text => $"the text {SourceLocation.Quote(text)}",
        List<object?> list => $"a list of {list.Count}",
        object?[] tuple => $"a tuple of {tuple.Length}",
        PickleDict => "a dict",
        PickleBytes bytes => $"{bytes.Latin1.Length} bytes",
        PickleSet set => $"a set of {set.Count}",
        PickleLongInteger integer => $"an integer of {integer.Length} bytes",
        PickleGlobal { Kind: GlobalKind.Unknown } global => $"the global {global.Quoted}, {Unlisted}",
        PickleGlobal global => $"the global {global.Module}.{global.Name}",
        PickleObject made => $"an object of the global {made.Made.Quoted}, {Unlisted}",
        PickledScaler => "a StandardScaler",
        NumPyType type => $"the dtype {SourceLocation.Quote(type.Code)}",
        NumPyScalar scalar => $"a NumPy scalar of dtype {SourceLocation.Quote(scalar.Type.Code)}",
        NumPyArray array => $"a NumPy array of shape {TensorRef.Show(array.Shape)} and dtype {SourceLocation.Quote(array.Type?.Code ?? "")}",
        StorageRef => "a storage",
        TensorRef tensor => $"a {tensor.Storage.Type.Name()} tensor of shape {TensorRef.Show(tensor.Shape)}",
        _ => "an unknown value",
    };
}
