/// <summary>What a core of this machine can do at best: floating-point operations a second in registers, and bytes a second read from an array.</summary>
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Coinsphere.Messaging.Forecasting.Lstm;

internal static unsafe class MachineLimits
{
    private const int Repeats = 40;
    private const int Operations = 400_000;

    public static double FlopsPerSecond() =>
        Vector512.IsHardwareAccelerated ? Flops<Simd512, Vector512<float>>()
        : Vector256.IsHardwareAccelerated ? Flops<Simd256, Vector256<float>>()
        : Flops<Simd128, Vector128<float>>();

    public static double BytesPerSecond(int bytes) =>
        Vector512.IsHardwareAccelerated ? Bytes<Simd512, Vector512<float>>(bytes)
        : Vector256.IsHardwareAccelerated ? Bytes<Simd256, Vector256<float>>(bytes)
        : Bytes<Simd128, Vector128<float>>(bytes);

    private static double Flops<TSimd, T>() where TSimd : ISimd<T> where T : unmanaged =>
        // An addition and a multiplication, in each lane of each of eight sums.
        2.0 * 8 * TSimd.Lanes * Operations / Fastest(() => Multiply<TSimd, T>(Operations));

    private static double Bytes<TSimd, T>(int bytes) where TSimd : ISimd<T> where T : unmanaged
    {
        const int passes = 50;
        var array = (float*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        new Span<float>(array, bytes / sizeof(float)).Fill(1);
        var seconds = Fastest(() => Read<TSimd, T>(array, bytes / sizeof(float), passes));
        NativeMemory.AlignedFree(array);
        return (double)bytes * passes / seconds;
    }

    // Nobody interrupted the fastest.
    private static double Fastest(Func<float> run)
    {
        var fastest = double.MaxValue;
        for (var i = 0; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            GC.KeepAlive(run());
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return fastest;
    }

    // Eight sums, so that none waits for itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Multiply<TSimd, T>(int count) where TSimd : ISimd<T> where T : unmanaged
    {
        var (a, b) = (TSimd.Broadcast(0.5f), TSimd.Broadcast(0.25f));
        T s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a;
        for (var i = 0; i < count; i++)
        {
            s0 = TSimd.MultiplyAdd(s0, a, b);
            s1 = TSimd.MultiplyAdd(s1, a, b);
            s2 = TSimd.MultiplyAdd(s2, a, b);
            s3 = TSimd.MultiplyAdd(s3, a, b);
            s4 = TSimd.MultiplyAdd(s4, a, b);
            s5 = TSimd.MultiplyAdd(s5, a, b);
            s6 = TSimd.MultiplyAdd(s6, a, b);
            s7 = TSimd.MultiplyAdd(s7, a, b);
        }

        return Sum<TSimd, T>(TSimd.Add(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), TSimd.Add(TSimd.Add(s4, s5), TSimd.Add(s6, s7))));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Read<TSimd, T>(float* array, int count, int passes) where TSimd : ISimd<T> where T : unmanaged
    {
        var one = TSimd.Broadcast(1);
        T s0 = one, s1 = one, s2 = one, s3 = one, s4 = one, s5 = one, s6 = one, s7 = one;
        var lanes = TSimd.Lanes;
        for (var pass = 0; pass < passes; pass++)
        {
            for (var i = 0; i + (8 * lanes) <= count; i += 8 * lanes)
            {
                var at = array + i;
                s0 = TSimd.MultiplyAdd(TSimd.Load(at), one, s0);
                s1 = TSimd.MultiplyAdd(TSimd.Load(at + lanes), one, s1);
                s2 = TSimd.MultiplyAdd(TSimd.Load(at + (2 * lanes)), one, s2);
                s3 = TSimd.MultiplyAdd(TSimd.Load(at + (3 * lanes)), one, s3);
                s4 = TSimd.MultiplyAdd(TSimd.Load(at + (4 * lanes)), one, s4);
                s5 = TSimd.MultiplyAdd(TSimd.Load(at + (5 * lanes)), one, s5);
                s6 = TSimd.MultiplyAdd(TSimd.Load(at + (6 * lanes)), one, s6);
                s7 = TSimd.MultiplyAdd(TSimd.Load(at + (7 * lanes)), one, s7);
            }
        }

        return Sum<TSimd, T>(TSimd.Add(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), TSimd.Add(TSimd.Add(s4, s5), TSimd.Add(s6, s7))));
    }

    private static float Sum<TSimd, T>(T value) where TSimd : ISimd<T> where T : unmanaged
    {
        var lanes = stackalloc float[TSimd.Lanes];
        TSimd.Store(value, lanes);
        return lanes[0];
    }
}
