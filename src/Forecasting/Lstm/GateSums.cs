using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>The four gates of one block of units before activation, in registers: four sums that share every broadcast input.</summary>
internal unsafe struct GateSums<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    public T Input;
    public T Forget;
    public T Cell;
    public T Output;

    /// <summary>Reads [4, lanes].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GateSums<TSimd, T> Load(float* source)
    {
        GateSums<TSimd, T> sums;
        sums.Input = TSimd.Load(source);
        sums.Forget = TSimd.Load(source + TSimd.Lanes);
        sums.Cell = TSimd.Load(source + (2 * TSimd.Lanes));
        sums.Output = TSimd.Load(source + (3 * TSimd.Lanes));
        return sums;
    }

    /// <summary>Writes [4, lanes].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* destination)
    {
        TSimd.Store(Input, destination);
        TSimd.Store(Forget, destination + TSimd.Lanes);
        TSimd.Store(Cell, destination + (2 * TSimd.Lanes));
        TSimd.Store(Output, destination + (3 * TSimd.Lanes));
    }

    /// <summary>Adds one input times its weights, [4, lanes].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(float* input, in GateSums<TSimd, T> weights)
    {
        var x = TSimd.Broadcast(*input);
        Input = TSimd.MultiplyAdd(x, weights.Input, Input);
        Forget = TSimd.MultiplyAdd(x, weights.Forget, Forget);
        Cell = TSimd.MultiplyAdd(x, weights.Cell, Cell);
        Output = TSimd.MultiplyAdd(x, weights.Output, Output);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in GateSums<TSimd, T> other)
    {
        Input = TSimd.Add(Input, other.Input);
        Forget = TSimd.Add(Forget, other.Forget);
        Cell = TSimd.Add(Cell, other.Cell);
        Output = TSimd.Add(Output, other.Output);
    }
}
