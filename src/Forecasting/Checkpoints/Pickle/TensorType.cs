namespace Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;

/// <summary>The element types of PyTorch's storages.</summary>
internal enum TensorType
{
    Float32,
    Float64,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}

internal static class TensorTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.Float64 or TensorType.Int64 => 8,
        TensorType.Float32 or TensorType.Int32 => 4,
        TensorType.Float16 or TensorType.BFloat16 or TensorType.Int16 => 2,
        _ => 1,
    };

    public static bool IsFloat(this TensorType type) => type <= TensorType.BFloat16;

    /// <summary>As PyTorch prints it, without <c>torch.</c>.</summary>
    public static string Name(this TensorType type) => type.ToString().ToLowerInvariant();
}
