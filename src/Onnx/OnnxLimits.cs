namespace Coinsphere.Messaging.Onnx;

/// <summary>The limits of a model's first run.</summary>
/// <param name="Time">From the start of its process to its end.</param>
/// <param name="MemoryMb">Megabytes of that process.</param>
public sealed record OnnxLimits(TimeSpan Time, int MemoryMb)
{
    /// <summary>A minute, since a machine that starts may load all its models at once.</summary>
    public static OnnxLimits Default { get; } = new(TimeSpan.FromMinutes(1), 1_000);
}
