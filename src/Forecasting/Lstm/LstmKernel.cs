using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>The two loops in which a layer spends its time. Sums stay in registers while weights stream by once.</summary>
internal static unsafe class LstmKernel<TSimd, T>
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    private static int BlockSize => 4 * TSimd.Lanes;

    /// <summary>projected[t] = W_ih x[t] + b for all steps.</summary>
    /// <param name="layer">Weights.</param>
    /// <param name="input">[steps, stride], of which the first layer.Inputs columns count.</param>
    /// <param name="stride">Floats from one step's input to the next.</param>
    /// <param name="steps">Number of time steps.</param>
    /// <param name="projected">Receives [steps, blocks, 4, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Project(PackedLayer layer, float* input, int stride, int steps, float* projected)
    {
        var projectedStride = layer.Blocks * BlockSize;
        for (var block = 0; block < layer.Blocks; block++)
        {
            var weights = layer.InputWeights + (block * layer.Inputs * BlockSize);
            var bias = layer.Bias + (block * BlockSize);
            var target = projected + (block * BlockSize);
            var step = 0;
            for (; step <= steps - 4; step += 4)
            {
                ProjectFour(weights, bias, input + (step * stride), stride, layer.Inputs, target + (step * projectedStride), projectedStride);
            }

            for (; step < steps; step++)
            {
                Dot(weights, bias, input + (step * stride), layer.Inputs, 1).Store(target + (step * projectedStride));
            }
        }
    }

    /// <summary>h[t] and c[t] from projected[t] and W_hh h[t-1], step by step.</summary>
    /// <param name="layer">Weights.</param>
    /// <param name="projected">[steps, blocks, 4, lanes]</param>
    /// <param name="steps">Number of time steps.</param>
    /// <param name="hidden">Receives [steps, blocks * lanes].</param>
    /// <param name="cell">Scratch, [blocks * lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Recur(PackedLayer layer, float* projected, int steps, float* hidden, float* cell)
    {
        var units = layer.Blocks * TSimd.Lanes;
        new Span<float>(cell, units).Clear();
        for (var step = 0; step < steps; step++)
        {
            // before the first step h is zero, so there is nothing to add
            var previous = hidden - units;
            var count = step == 0 ? 0 : layer.Hidden;

            // every step turns round: what the last one read last is still in L1, while in one direction each step would evict all it needs next
            var forward = (step & 1) == 0;
            for (var i = 0; i < layer.Blocks; i++)
            {
                var block = forward ? i : layer.Blocks - 1 - i;
                var weights = layer.RecurrentWeights + (block * layer.Hidden * BlockSize);
                var start = projected + (block * BlockSize);
                var sums = forward
                    ? Dot(weights, start, previous, count, 1)
                    : Dot(weights + ((count - 1) * BlockSize), start, previous + (count - 1), count, -1);
                Activate(in sums, cell + (block * TSimd.Lanes), hidden + (block * TSimd.Lanes));
            }

            projected += layer.Blocks * BlockSize;
            hidden += units;
        }
    }

    /// <summary>
    /// <see cref="Recur"/> for four windows of one model: a weight that is read serves all of them, so that the products take the time and not the weights' way from the cache.
    /// </summary>
    /// <param name="layer">Weights.</param>
    /// <param name="projected">[4, steps, blocks, 4, lanes]</param>
    /// <param name="steps">Number of time steps.</param>
    /// <param name="hidden">Receives [4, steps, blocks * lanes].</param>
    /// <param name="cell">Scratch, [4, blocks * lanes].</param>
    /// <param name="projectedStride">Floats from one window's part of <paramref name="projected"/> to the next.</param>
    /// <param name="hiddenStride">Floats from one window's part of <paramref name="hidden"/> to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void RecurFour(PackedLayer layer, float* projected, int steps, float* hidden, float* cell, int projectedStride, int hiddenStride)
    {
        var units = layer.Blocks * TSimd.Lanes;
        new Span<float>(cell, 4 * units).Clear();
        for (var step = 0; step < steps; step++)
        {
            var previous = hidden - units;
            var count = step == 0 ? 0 : layer.Hidden;
            for (var block = 0; block < layer.Blocks; block++)
            {
                var weights = layer.RecurrentWeights + (block * layer.Hidden * BlockSize);
                var start = projected + (block * BlockSize);
                var sums0 = GateSums<TSimd, T>.Load(start);
                var sums1 = GateSums<TSimd, T>.Load(start + projectedStride);
                var sums2 = GateSums<TSimd, T>.Load(start + (2 * projectedStride));
                var sums3 = GateSums<TSimd, T>.Load(start + (3 * projectedStride));
                for (var k = 0; k < count; k++)
                {
                    var w = GateSums<TSimd, T>.Load(weights);
                    sums0.MultiplyAdd(previous + k, in w);
                    sums1.MultiplyAdd(previous + k + hiddenStride, in w);
                    sums2.MultiplyAdd(previous + k + (2 * hiddenStride), in w);
                    sums3.MultiplyAdd(previous + k + (3 * hiddenStride), in w);
                    weights += BlockSize;
                }

                var at = block * TSimd.Lanes;
                Activate(in sums0, cell + at, hidden + at);
                Activate(in sums1, cell + units + at, hidden + hiddenStride + at);
                Activate(in sums2, cell + (2 * units) + at, hidden + (2 * hiddenStride) + at);
                Activate(in sums3, cell + (3 * units) + at, hidden + (3 * hiddenStride) + at);
            }

            projected += layer.Blocks * BlockSize;
            hidden += units;
        }
    }

    /// <summary>start + weights . x for one block: [4, lanes] from weights [count, 4, lanes].</summary>
    /// <param name="weights">The first weights to read; the last ones where the direction is -1.</param>
    /// <param name="start">[4, lanes]</param>
    /// <param name="x">The first input to read, [count]; the last one where the direction is -1.</param>
    /// <param name="count">Number of inputs.</param>
    /// <param name="direction">1 or -1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GateSums<TSimd, T> Dot(float* weights, float* start, float* x, int count, int direction)
    {
        // sums of even and of odd inputs: four alone would wait for their own latency
        var even = GateSums<TSimd, T>.Load(start);
        GateSums<TSimd, T> odd = default;
        var stride = direction * BlockSize;
        for (; count >= 2; count -= 2)
        {
            even.MultiplyAdd(x, GateSums<TSimd, T>.Load(weights));
            odd.MultiplyAdd(x + direction, GateSums<TSimd, T>.Load(weights + stride));
            x += 2 * direction;
            weights += 2 * stride;
        }

        if (count > 0)
        {
            even.MultiplyAdd(x, GateSums<TSimd, T>.Load(weights));
        }

        even.Add(in odd);
        return even;
    }

    /// <summary>c = f * c + i * g and h = o * tanh(c) for one block of units.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Activate(in GateSums<TSimd, T> sums, float* cell, float* hidden)
    {
        var i = Activation<TSimd, T>.Sigmoid(sums.Input);
        var f = Activation<TSimd, T>.Sigmoid(sums.Forget);
        var g = Activation<TSimd, T>.Tanh(sums.Cell);
        var o = Activation<TSimd, T>.Sigmoid(sums.Output);
        var c = TSimd.MultiplyAdd(f, TSimd.Load(cell), TSimd.Multiply(i, g));
        TSimd.Store(c, cell);
        TSimd.Store(TSimd.Multiply(o, Activation<TSimd, T>.Tanh(c)), hidden);
    }

    /// <summary>start + weights . x for one block and four time steps: sixteen sums share every weight that is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void ProjectFour(float* weights, float* start, float* x, int stride, int count, float* target, int targetStride)
    {
        var sums0 = GateSums<TSimd, T>.Load(start);
        var sums1 = sums0;
        var sums2 = sums0;
        var sums3 = sums0;
        for (var k = 0; k < count; k++)
        {
            var w = GateSums<TSimd, T>.Load(weights);
            sums0.MultiplyAdd(x + k, in w);
            sums1.MultiplyAdd(x + k + stride, in w);
            sums2.MultiplyAdd(x + k + (2 * stride), in w);
            sums3.MultiplyAdd(x + k + (3 * stride), in w);
            weights += BlockSize;
        }

        sums0.Store(target);
        sums1.Store(target + targetStride);
        sums2.Store(target + (2 * targetStride));
        sums3.Store(target + (3 * targetStride));
    }
}
