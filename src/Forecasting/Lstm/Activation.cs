using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>Sigmoid and tanh of whole vectors, within 2e-7 of the exact values.</summary>
internal static class Activation<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    private const float Log2E = 1.44269504f;

    // both functions are constant to the last bit of a float beyond 2^+-25, and 2^126 is still finite
    private const float Limit = 126;

    // adding 1.5 * 2^23 leaves a float no bits for a fraction: it is rounded, and the integer is the mantissa's lowest bits
    private const float Rounder = 12582912;

    /// <summary>1 / (1 + e^-x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid(T x)
    {
        var one = TSimd.Broadcast(1);
        return TSimd.Divide(one, TSimd.Add(one, Exp2(TSimd.Multiply(x, TSimd.Broadcast(-Log2E)))));
    }

    /// <summary>(1 - e^-2x) / (1 + e^-2x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh(T x)
    {
        var one = TSimd.Broadcast(1);
        var power = Exp2(TSimd.Multiply(x, TSimd.Broadcast(-2 * Log2E)));
        return TSimd.Divide(TSimd.Subtract(one, power), TSimd.Add(one, power));
    }

    /// <summary>2^x = 2^n * 2^r with n whole and r within +-0.5, the latter by Cephes' polynomial (exp2f).</summary>
    /// <remarks>x = y * log2(e) is off by |x| * 2^-24, which is harmless here: where |x| is large, both functions are flat.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Exp2(T x)
    {
        x = TSimd.Clamp(x, Limit);
        var rounded = TSimd.Add(x, TSimd.Broadcast(Rounder));
        var r = TSimd.Subtract(x, TSimd.Subtract(rounded, TSimd.Broadcast(Rounder)));

        var p = TSimd.Broadcast(1.535336188319500e-4f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1.339887440266574e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(9.618437357674640e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(5.550332471162809e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(2.402264791363012e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(6.931472028550421e-1f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1));
        return TSimd.Multiply(p, TSimd.PowerOfTwo(rounded));
    }
}
