using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>Sigmoid and tanh of whole vectors, within 2e-7 of the exact values.</summary>
internal static class Activation<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    private const float Log2E = 1.44269504f;

    // both functions are constant to the last bit of a float from here on, and the product of three such powers is still finite
    private const float Limit = 29;

    // adding 1.5 * 2^23 leaves a float no bits for a fraction: it is rounded, and the integer is the mantissa's lowest bits
    private const float Rounder = 12582912;

    /// <summary>1 / (1 + e^-x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid(T x)
    {
        var one = TSimd.Broadcast(1);
        return TSimd.Divide(one, TSimd.Add(one, ExpMinus(x)));
    }

    /// <summary>(1 - e^-2x) / (1 + e^-2x)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh(T x)
    {
        var one = TSimd.Broadcast(1);
        var power = ExpMinusTwice(x);
        return TSimd.Divide(TSimd.Subtract(one, power), TSimd.Add(one, power));
    }

    /// <summary>e^-x, x being taken within +-29; exactly 1 of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ExpMinus(T x) => Exp2(TSimd.Clamp(x, Limit), TSimd.Broadcast(-Log2E));

    /// <summary>e^-2x, x being taken within +-14.5; exactly 1 of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T ExpMinusTwice(T x) => Exp2(TSimd.Clamp(x, Limit / 2), TSimd.Broadcast(-2 * Log2E));

    /// <summary>2^(x * factor) = 2^n * 2^r with n whole and r within +-0.5.</summary>
    /// <remarks>
    /// The polynomial in r is the one of its degree that is off least (9e-8 of the value, by Remez' algorithm) among those that are 1 at 0, so that
    /// tanh(0) is 0. Log2E is off by 2^-26, which is harmless here: where |x| is large, both functions are flat.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Exp2(T x, T factor)
    {
        var rounded = TSimd.MultiplyAdd(x, factor, TSimd.Broadcast(Rounder));
        var r = TSimd.MultiplyAdd(x, factor, TSimd.Subtract(TSimd.Broadcast(Rounder), rounded));

        var p = TSimd.Broadcast(1.3264727e-3f);
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(9.671513e-3f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(5.5507336e-2f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.24022242f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(0.693147f));
        p = TSimd.MultiplyAdd(p, r, TSimd.Broadcast(1));
        return TSimd.Multiply(p, TSimd.PowerOfTwo(rounded));
    }
}
