using System.Collections.Frozen;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

/// <summary>The meaning of a global. None of them is ever called: each name only says how to read the values beside it.</summary>
internal enum GlobalKind
{
    /// <summary>Any global that is not on the list. What it makes is inert, and refused where something reads it.</summary>
    Unknown,
    OrderedDict,
    DefaultDict,
    Counter,
    Set,
    Size,
    RebuildTensor,
    RebuildParameter,
    RebuildFromType,
    Storage,
    NumPyScalar,
    NumPyReconstruct,
    NumPyFromBuffer,
    NumPyArrayType,
    NumPyType,
    CodecsEncode,
    StandardScaler,
}

/// <summary>A global, by its module and its name, which stay apart: a file may name many long ones.</summary>
/// <param name="Module">Its module.</param>
/// <param name="Name">Its name in the module.</param>
/// <param name="Kind">Its meaning.</param>
/// <param name="Element">Of a storage class: the type of its elements.</param>
internal sealed record PickleGlobal(string Module, string Name, GlobalKind Kind = GlobalKind.Unknown, TensorType Element = default)
{
    private static readonly FrozenDictionary<(string Module, string Name), PickleGlobal> List = new PickleGlobal[]
    {
        new("collections", "OrderedDict", GlobalKind.OrderedDict),
        new("collections", "defaultdict", GlobalKind.DefaultDict),
        new("collections", "Counter", GlobalKind.Counter),
        // Python 2's names, which protocol 2 writes, and Python 3's
        new("__builtin__", "set", GlobalKind.Set),
        new("__builtin__", "frozenset", GlobalKind.Set),
        new("builtins", "set", GlobalKind.Set),
        new("builtins", "frozenset", GlobalKind.Set),
        new("torch", "Size", GlobalKind.Size),
        new("torch._utils", "_rebuild_tensor_v2", GlobalKind.RebuildTensor),
        new("torch._utils", "_rebuild_parameter", GlobalKind.RebuildParameter),
        new("torch._utils", "_rebuild_parameter_with_state", GlobalKind.RebuildParameter),
        new("torch._tensor", "_rebuild_from_type_v2", GlobalKind.RebuildFromType),
        new("torch", "FloatStorage", GlobalKind.Storage, TensorType.Float32),
        new("torch", "DoubleStorage", GlobalKind.Storage, TensorType.Float64),
        new("torch", "HalfStorage", GlobalKind.Storage, TensorType.Float16),
        new("torch", "BFloat16Storage", GlobalKind.Storage, TensorType.BFloat16),
        new("torch", "LongStorage", GlobalKind.Storage, TensorType.Int64),
        new("torch", "IntStorage", GlobalKind.Storage, TensorType.Int32),
        new("torch", "ShortStorage", GlobalKind.Storage, TensorType.Int16),
        new("torch", "CharStorage", GlobalKind.Storage, TensorType.Int8),
        new("torch", "ByteStorage", GlobalKind.Storage, TensorType.UInt8),
        new("torch", "BoolStorage", GlobalKind.Storage, TensorType.Bool),
        // NumPy 1 and NumPy 2
        new("numpy.core.multiarray", "scalar", GlobalKind.NumPyScalar),
        new("numpy._core.multiarray", "scalar", GlobalKind.NumPyScalar),
        new("numpy.core.multiarray", "_reconstruct", GlobalKind.NumPyReconstruct),
        new("numpy._core.multiarray", "_reconstruct", GlobalKind.NumPyReconstruct),
        // pickle protocol 5
        new("numpy.core.numeric", "_frombuffer", GlobalKind.NumPyFromBuffer),
        new("numpy._core.numeric", "_frombuffer", GlobalKind.NumPyFromBuffer),
        new("numpy", "ndarray", GlobalKind.NumPyArrayType),
        new("numpy", "dtype", GlobalKind.NumPyType),
        new("_codecs", "encode", GlobalKind.CodecsEncode),
        new("sklearn.preprocessing._data", "StandardScaler", GlobalKind.StandardScaler),
        // before scikit-learn 0.22
        new("sklearn.preprocessing.data", "StandardScaler", GlobalKind.StandardScaler),
    }.ToFrozenDictionary(g => (g.Module, g.Name));

    /// <summary>The global of the list, or one of unknown meaning.</summary>
    public static PickleGlobal Of(string module, string name) => List.GetValueOrDefault((module, name)) ?? new PickleGlobal(module, name);

    /// <summary>Module and name, quoted for a message.</summary>
    public string Quoted => SourceLocation.Quote($"{Module}.{Name}");
}
