using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// Zeroed floats that start at a cache line and never move, so kernels may keep pointers into them: a 512-bit load that straddles two lines costs two.
/// </summary>
internal sealed unsafe class AlignedFloats
{
    public const int CacheLine = 64;
    public const int Slack = CacheLine / sizeof(float);

    // keeps the memory alive for as long as this object is
    private readonly float[] _array;

    public AlignedFloats(int length)
    {
        _array = GC.AllocateArray<float>(length + Slack, pinned: true);
        Length = length;
        Pointer = Align((float*)Unsafe.AsPointer(ref _array[0]));
    }

    public float* Pointer { get; }

    public int Length { get; }

    public Span<float> Span => new(Pointer, Length);

    /// <summary>The first cache line at or after a float; at most <see cref="Slack"/> - 1 floats away.</summary>
    public static float* Align(float* pointer) => (float*)(((nuint)pointer + CacheLine - 1) & ~(nuint)(CacheLine - 1));
}
