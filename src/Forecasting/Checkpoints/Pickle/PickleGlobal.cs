using System.Collections.Frozen;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

/// <summary>The meaning of an allowed global. None of them is ever called: each name only says how to read the values beside it.</summary>
internal enum GlobalKind
{
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage,
    NumPyScalar,
    NumPyReconstruct,
    NumPyArrayType,
    NumPyType,
    CodecsEncode,
    StandardScaler,
}

/// <summary>A global of the allow-list.</summary>
/// <param name="Name">Module and name, joined by a dot.</param>
/// <param name="Kind">Its meaning.</param>
/// <param name="Element">Of a storage class: the type of its elements.</param>
internal sealed record PickleGlobal(string Name, GlobalKind Kind, TensorType Element = default)
{
    /// <summary>Every global a checkpoint may name.</summary>
    public static FrozenDictionary<string, PickleGlobal> Allowed { get; } = new PickleGlobal[]
    {
        new("collections.OrderedDict", GlobalKind.OrderedDict),
        new("torch._utils._rebuild_tensor_v2", GlobalKind.RebuildTensor),
        new("torch._utils._rebuild_parameter", GlobalKind.RebuildParameter),
        new("torch.FloatStorage", GlobalKind.Storage, TensorType.Float32),
        new("torch.DoubleStorage", GlobalKind.Storage, TensorType.Float64),
        new("torch.HalfStorage", GlobalKind.Storage, TensorType.Float16),
        new("torch.BFloat16Storage", GlobalKind.Storage, TensorType.BFloat16),
        new("torch.LongStorage", GlobalKind.Storage, TensorType.Int64),
        new("torch.IntStorage", GlobalKind.Storage, TensorType.Int32),
        new("torch.ShortStorage", GlobalKind.Storage, TensorType.Int16),
        new("torch.CharStorage", GlobalKind.Storage, TensorType.Int8),
        new("torch.ByteStorage", GlobalKind.Storage, TensorType.UInt8),
        new("torch.BoolStorage", GlobalKind.Storage, TensorType.Bool),
        // NumPy 1 and NumPy 2
        new("numpy.core.multiarray.scalar", GlobalKind.NumPyScalar),
        new("numpy._core.multiarray.scalar", GlobalKind.NumPyScalar),
        new("numpy.core.multiarray._reconstruct", GlobalKind.NumPyReconstruct),
        new("numpy._core.multiarray._reconstruct", GlobalKind.NumPyReconstruct),
        new("numpy.ndarray", GlobalKind.NumPyArrayType),
        new("numpy.dtype", GlobalKind.NumPyType),
        new("_codecs.encode", GlobalKind.CodecsEncode),
        new("sklearn.preprocessing._data.StandardScaler", GlobalKind.StandardScaler),
        // before scikit-learn 0.22
        new("sklearn.preprocessing.data.StandardScaler", GlobalKind.StandardScaler),
    }.ToFrozenDictionary(g => g.Name, StringComparer.Ordinal);
}
