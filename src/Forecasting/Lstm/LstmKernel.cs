using System.Runtime.CompilerServices;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>The loops in which a layer spends its time. Sums stay in registers while weights stream by once.</summary>
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
            Multiply(weights, layer.Inputs, input, stride, steps, bias, 0, projected + (block * BlockSize), projectedStride);
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

            // each step reads in the opposite direction: what the last step read last is still in L1, while in one direction each step would evict
            // what it needs next
            var forward = (step & 1) == 0;
            for (var i = 0; i < layer.Blocks; i++)
            {
                var block = forward ? i : layer.Blocks - 1 - i;
                var weights = layer.RecurrentWeights + (block * layer.Hidden * BlockSize);
                var target = projected + (block * BlockSize);
                var start = GateSums<TSimd, T>.Load(target);
                var sums = forward
                    ? Dot(weights, start, previous, count, 1)
                    : Dot(weights + ((count - 1) * BlockSize), start, previous + (count - 1), count, -1);
                sums.Store(target);
            }

            Activate(projected, layer.Blocks, cell, hidden, TSimd.Lanes);
            projected += layer.Blocks * BlockSize;
            hidden += units;
        }
    }

    /// <summary>
    /// h[t] of several windows of one model. A block's weights are read into the first level of cache once per step and used for all windows, three
    /// at a time. The multiplications take the time, not reading the weights from the cache.
    /// </summary>
    /// <param name="layer">Weights.</param>
    /// <param name="input">[steps, windows, layer.Inputs], with the two strides between them.</param>
    /// <param name="stepStride">Floats from one step's input to the next.</param>
    /// <param name="windowStride">Floats from one window's input to the next.</param>
    /// <param name="steps">Number of time steps.</param>
    /// <param name="windows">Number of windows.</param>
    /// <param name="hidden">Receives [steps, windows, blocks * lanes].</param>
    /// <param name="cell">Scratch, [windows, blocks * lanes].</param>
    /// <param name="sums">Scratch, [2, windows, 4, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void RecurMany(
        PackedLayer layer,
        float* input,
        int stepStride,
        int windowStride,
        int steps,
        int windows,
        float* hidden,
        float* cell,
        float* sums)
    {
        var units = layer.Blocks * TSimd.Lanes;
        var projected = sums + (windows * BlockSize);
        new Span<float>(cell, windows * units).Clear();
        for (var step = 0; step < steps; step++)
        {
            // before the first step h is zero, so there is nothing to add
            var previous = hidden - (windows * units);
            var count = step == 0 ? 0 : layer.Hidden;
            for (var block = 0; block < layer.Blocks; block++)
            {
                var inputWeights = layer.InputWeights + (block * layer.Inputs * BlockSize);
                var weights = layer.RecurrentWeights + (block * layer.Hidden * BlockSize);
                Multiply(inputWeights, layer.Inputs, input, windowStride, windows, layer.Bias + (block * BlockSize), 0, projected, BlockSize);
                Multiply(weights, count, previous, units, windows, projected, BlockSize, sums, BlockSize);
                Activate(sums, windows, cell + (block * TSimd.Lanes), hidden + (block * TSimd.Lanes), units);
            }

            input += stepStride;
            hidden += windows * units;
        }
    }

    /// <summary>even + weights . x for one block: [4, lanes] from weights [count, 4, lanes].</summary>
    /// <param name="weights">The first weights to read; the last ones where the direction is -1.</param>
    /// <param name="even">What the sum starts with.</param>
    /// <param name="x">The first input to read, [count]; the last one where the direction is -1.</param>
    /// <param name="count">Number of inputs.</param>
    /// <param name="direction">1 or -1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GateSums<TSimd, T> Dot(float* weights, GateSums<TSimd, T> even, float* x, int count, int direction)
    {
        // sums of even and of odd inputs: four alone would wait for their own latency
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

    /// <summary>c = f * c + i * g and h = o * tanh(c) for several blocks of units.</summary>
    /// <remarks>
    /// A block alone would wait for its own latency, so the first formula is done for all and then the second: no chain is longer than what the CPU
    /// looks ahead. Each is brought over one denominator, for a division takes longer than the products that spare it.
    /// </remarks>
    /// <param name="sums">[count, 4, lanes], the gates before activation.</param>
    /// <param name="count">Number of blocks.</param>
    /// <param name="cell">c, [count, lanes], replaced.</param>
    /// <param name="hidden">Receives h, [count, lanes].</param>
    /// <param name="stride">Floats from one block's cell and hidden units to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Activate(float* sums, int count, float* cell, float* hidden, int stride)
    {
        var one = TSimd.Broadcast(1);
        for (var block = 0; block < count; block++)
        {
            var gates = sums + (block * BlockSize);
            var i = TSimd.Add(one, Activation<TSimd, T>.ExpMinus(TSimd.Load(gates)));                           // 1 / sigmoid
            var f = TSimd.Add(one, Activation<TSimd, T>.ExpMinus(TSimd.Load(gates + TSimd.Lanes)));
            var g = Activation<TSimd, T>.ExpMinusTwice(TSimd.Load(gates + (2 * TSimd.Lanes)));                  // tanh = (1 - g) / (1 + g)
            var ig = TSimd.Multiply(i, TSimd.Add(one, g));
            var sum = TSimd.MultiplyAdd(ig, TSimd.Load(cell + (block * stride)), TSimd.Multiply(f, TSimd.Subtract(one, g)));
            TSimd.Store(TSimd.Divide(sum, TSimd.Multiply(f, ig)), cell + (block * stride));
        }

        for (var block = 0; block < count; block++)
        {
            var o = TSimd.Add(one, Activation<TSimd, T>.ExpMinus(TSimd.Load(sums + (block * BlockSize) + (3 * TSimd.Lanes))));
            var t = Activation<TSimd, T>.ExpMinusTwice(TSimd.Load(cell + (block * stride)));
            TSimd.Store(TSimd.Divide(TSimd.Subtract(one, t), TSimd.Multiply(o, TSimd.Add(one, t))), hidden + (block * stride));
        }
    }

    /// <summary>start + weights . x for one block and several rows of x.</summary>
    /// <param name="weights">[count, 4, lanes]</param>
    /// <param name="count">Number of inputs.</param>
    /// <param name="x">[rows, count]</param>
    /// <param name="stride">Floats from one row of x to the next.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="start">[rows, 4, lanes]</param>
    /// <param name="startStride">Floats from one row of <paramref name="start"/> to the next, 0 if all start with the same.</param>
    /// <param name="sums">Receives [rows, 4, lanes], elsewhere than <paramref name="start"/>.</param>
    /// <param name="sumsStride">Floats from one row of <paramref name="sums"/> to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply(float* weights, int count, float* x, int stride, int rows, float* start, int startStride, float* sums, int sumsStride)
    {
        for (var row = 0; row < rows;)
        {
            // three together take less time than two alone
            if (rows - row == 2 && row > 0)
            {
                row--;
            }

            var from = start + (row * startStride);
            var to = sums + (row * sumsStride);
            if (rows - row < 3)
            {
                Dot(weights, GateSums<TSimd, T>.Load(from), x + (row * stride), count, 1).Store(to);
                row++;
                continue;
            }

            var sums0 = GateSums<TSimd, T>.Load(from);
            var sums1 = GateSums<TSimd, T>.Load(from + startStride);
            var sums2 = GateSums<TSimd, T>.Load(from + (2 * startStride));
            AddThree(weights, x + (row * stride), stride, count, ref sums0, ref sums1, ref sums2);
            sums0.Store(to);
            sums1.Store(to + sumsStride);
            sums2.Store(to + (2 * sumsStride));
            row += 3;
        }
    }

    /// <summary>
    /// Adds weights . x for one block and three rows of x: twelve sums, which with three inputs and a weight fill the sixteen registers of AVX2.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddThree(
        float* weights, float* x, int stride, int count, ref GateSums<TSimd, T> sums0, ref GateSums<TSimd, T> sums1, ref GateSums<TSimd, T> sums2)
    {
        for (var k = 0; k < count; k++)
        {
            var x0 = TSimd.Broadcast(x[k]);
            var x1 = TSimd.Broadcast(x[k + stride]);
            var x2 = TSimd.Broadcast(x[k + (2 * stride)]);
            var w = TSimd.Load(weights);
            sums0.Input = TSimd.MultiplyAdd(x0, w, sums0.Input);
            sums1.Input = TSimd.MultiplyAdd(x1, w, sums1.Input);
            sums2.Input = TSimd.MultiplyAdd(x2, w, sums2.Input);
            w = TSimd.Load(weights + TSimd.Lanes);
            sums0.Forget = TSimd.MultiplyAdd(x0, w, sums0.Forget);
            sums1.Forget = TSimd.MultiplyAdd(x1, w, sums1.Forget);
            sums2.Forget = TSimd.MultiplyAdd(x2, w, sums2.Forget);
            w = TSimd.Load(weights + (2 * TSimd.Lanes));
            sums0.Cell = TSimd.MultiplyAdd(x0, w, sums0.Cell);
            sums1.Cell = TSimd.MultiplyAdd(x1, w, sums1.Cell);
            sums2.Cell = TSimd.MultiplyAdd(x2, w, sums2.Cell);
            w = TSimd.Load(weights + (3 * TSimd.Lanes));
            sums0.Output = TSimd.MultiplyAdd(x0, w, sums0.Output);
            sums1.Output = TSimd.MultiplyAdd(x1, w, sums1.Output);
            sums2.Output = TSimd.MultiplyAdd(x2, w, sums2.Output);
            weights += BlockSize;
        }
    }
}
