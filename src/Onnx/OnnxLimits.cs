namespace Coinsphere.Messaging.Onnx;

/// <summary>What a model's first run may take.</summary>
/// <param name="Time">From the start of its process to its end.</param>
/// <param name="MemoryMb">Megabytes of that process.</param>
public sealed record OnnxLimits(TimeSpan Time, int MemoryMb)
{
    /// <summary>Half a minute, on a machine that is busy starting; a network of ten million weights takes a second and 300 MB.</summary>
    public static OnnxLimits Default { get; } = new(TimeSpan.FromSeconds(30), 1_000);
}
