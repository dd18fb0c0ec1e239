using System.Runtime.Intrinsics;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// What the kernels need of a vector of floats. The JIT compiles each kernel once per width and sees only the instructions behind these names.
/// </summary>
internal unsafe interface ISimd<T>
    where T : unmanaged
{
    /// <summary>
    /// Bits of a vector, and the revision of the arithmetic: it goes up whenever results may change in a digit, since answers name what made them.
    /// </summary>
    static abstract string Name { get; }

    /// <summary>Floats in a vector.</summary>
    static abstract int Lanes { get; }

    static abstract T Load(float* source);

    static abstract void Store(T value, float* destination);

    static abstract T Broadcast(float value);

    static abstract T Add(T a, T b);

    static abstract T Subtract(T a, T b);

    static abstract T Multiply(T a, T b);

    static abstract T Divide(T a, T b);

    /// <summary>a * b + c, rounded once where the CPU can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>x within -limit .. limit; NaN stays NaN.</summary>
    static abstract T Clamp(T x, float limit);

    /// <summary>2^n, n being the lowest bits of a float's mantissa as two's complement, -126 to 127.</summary>
    static abstract T PowerOfTwo(T mantissa);
}

internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public const string Kernel = "vector512.2";

    public static string Name => Kernel;

    public static int Lanes => Vector512<float>.Count;

    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static void Store(Vector512<float> value, float* destination) => value.Store(destination);

    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);

    public static Vector512<float> Clamp(Vector512<float> x, float limit) =>
        Vector512.MaxNative(Vector512.Create(-limit), Vector512.MinNative(Vector512.Create(limit), x));

    public static Vector512<float> PowerOfTwo(Vector512<float> mantissa) =>
        ((mantissa.AsInt32() << 23) + Vector512<float>.One.AsInt32()).AsSingle();
}

internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public const string Kernel = "vector256.2";

    public static string Name => Kernel;

    public static int Lanes => Vector256<float>.Count;

    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    public static void Store(Vector256<float> value, float* destination) => value.Store(destination);

    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);

    public static Vector256<float> Clamp(Vector256<float> x, float limit) =>
        Vector256.MaxNative(Vector256.Create(-limit), Vector256.MinNative(Vector256.Create(limit), x));

    public static Vector256<float> PowerOfTwo(Vector256<float> mantissa) =>
        ((mantissa.AsInt32() << 23) + Vector256<float>.One.AsInt32()).AsSingle();
}

internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    public const string Kernel = "vector128.2";

    public static string Name => Kernel;

    public static int Lanes => Vector128<float>.Count;

    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static void Store(Vector128<float> value, float* destination) => value.Store(destination);

    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    public static Vector128<float> Clamp(Vector128<float> x, float limit) =>
        Vector128.MaxNative(Vector128.Create(-limit), Vector128.MinNative(Vector128.Create(limit), x));

    public static Vector128<float> PowerOfTwo(Vector128<float> mantissa) =>
        ((mantissa.AsInt32() << 23) + Vector128<float>.One.AsInt32()).AsSingle();
}
