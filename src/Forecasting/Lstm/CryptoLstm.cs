using System.Runtime.Intrinsics;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>Makes a runnable model from weights, with the fastest implementation this CPU has or a named one.</summary>
public static class CryptoLstm
{
    /// <summary>Names of the implementations, widest first. All run everywhere; those wider than the CPU's vectors are only slow.</summary>
    public static IReadOnlyList<string> Kernels { get; } = [Simd512.Kernel, Simd256.Kernel, Simd128.Kernel, ScalarLstm.KernelName];

    /// <summary>The implementation with the widest vectors that the runtime uses well on this CPU.</summary>
    public static string FastestKernel { get; } =
        Vector512.IsHardwareAccelerated ? Simd512.Kernel
        : Vector256.IsHardwareAccelerated ? Simd256.Kernel
        : Vector128.IsHardwareAccelerated ? Simd128.Kernel
        : ScalarLstm.KernelName;

    /// <summary>Repacks the weights for <see cref="FastestKernel"/>.</summary>
    /// <exception cref="ArgumentException">The weights' sizes do not fit each other.</exception>
    public static ICryptoLstm Create(CryptoLstmWeights weights) => Create(weights, FastestKernel);

    /// <summary>Repacks the weights for one of <see cref="Kernels"/>.</summary>
    /// <exception cref="ArgumentException">The weights' sizes do not fit each other, or no kernel has that name.</exception>
    public static ICryptoLstm Create(CryptoLstmWeights weights, string kernel) => kernel switch
    {
        Simd512.Kernel => new VectorLstm<Simd512, Vector512<float>>(weights),
        Simd256.Kernel => new VectorLstm<Simd256, Vector256<float>>(weights),
        Simd128.Kernel => new VectorLstm<Simd128, Vector128<float>>(weights),
        ScalarLstm.KernelName => new ScalarLstm(weights),
        _ => throw new ArgumentException($"No kernel is named '{kernel}', expected one of {string.Join(", ", Kernels)}.", nameof(kernel)),
    };
}
