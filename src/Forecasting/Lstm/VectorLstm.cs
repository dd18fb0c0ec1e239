using System.Buffers;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>The formulas of <see cref="ScalarLstm"/> over vectors of one width, layer by layer.</summary>
/// <remarks>
/// A layer's inputs are all known before its recurrence starts, so W_ih x + b of all steps is one matrix product, and only W_hh h is left to the recurrence.
/// </remarks>
internal sealed unsafe class VectorLstm<TSimd, T> : ICryptoLstm
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    // Windows that share one reading of the weights: enough to make its cost small, few enough that their state stays in the caches.
    private const int Together = 32;

    private readonly CryptoLstmShape _shape;
    private readonly PackedLayer[] _layers;
    private readonly DenseHead _head;
    private readonly int _widest; // hidden units of the widest layer, padded to whole vectors

    public VectorLstm(CryptoLstmWeights weights)
    {
        _shape = new CryptoLstmShape(weights);
        _layers = [.. weights.Layers.Select(layer => new PackedLayer(layer, TSimd.Lanes))];
        _head = new DenseHead(weights.Fc1, weights.Fc2);
        _widest = _layers.Max(layer => layer.Blocks) * TSimd.Lanes;
    }

    public string Kernel => TSimd.Name;

    public int Inputs => _shape.Inputs;

    public IReadOnlyList<int> HiddenSizes => _shape.HiddenSizes;

    public void Forward(ReadOnlySpan<float> window, Span<float> probabilities, Span<float> lastHidden = default)
    {
        var steps = _shape.CheckArguments(window, probabilities, lastHidden);
        var rented = ArrayPool<float>.Shared.Rent((((6 * steps) + 1) * _widest) + _head.MiddleSize + AlignedFloats.Slack);
        fixed (float* scratch = rented, firstInput = window)
        {
            var projected = AlignedFloats.Align(scratch);    // [steps, blocks, 4, lanes]
            var even = projected + (4 * steps * _widest);    // [steps, blocks * lanes], outputs of lstm1, lstm3, ...
            var odd = even + (steps * _widest);              // the same of lstm2, ...
            var cell = odd + (steps * _widest);              // [blocks * lanes]
            var middle = cell + _widest;                     // [fc1 outputs]

            var input = firstInput;
            var inputStride = Inputs;
            var hidden = even;
            foreach (var layer in _layers)
            {
                LstmKernel<TSimd, T>.Project(layer, input, inputStride, steps, projected);
                LstmKernel<TSimd, T>.Recur(layer, projected, steps, hidden, cell);

                inputStride = layer.Blocks * TSimd.Lanes;
                input = hidden;
                hidden = hidden == even ? odd : even;

                if (!lastHidden.IsEmpty)
                {
                    new ReadOnlySpan<float>(input + ((steps - 1) * inputStride), layer.Hidden).CopyTo(lastHidden);
                    lastHidden = lastHidden[layer.Hidden..];
                }
            }

            var last = new ReadOnlySpan<float>(input + ((steps - 1) * inputStride), _shape.HiddenSizes[^1]);
            _head.Forward(last, new Span<float>(middle, _head.MiddleSize), probabilities);
        }

        // the kernels hold only pointers, which would not keep the weights from being collected
        GC.KeepAlive(this);
        ArrayPool<float>.Shared.Return(rented);
    }

    public void ForwardMany(ReadOnlySpan<float> windows, int count, Span<float> probabilities)
    {
        var length = CryptoLstmShape.CheckMany(windows, count, probabilities);
        while (count > 0)
        {
            var some = Math.Min(count, Together);
            var first = windows[..(some * length)];
            var answers = probabilities[..(some * Classes.Count)];
            if (some == 1)
            {
                Forward(first, answers);
            }
            else
            {
                ForwardTogether(first, some, length, answers);
            }

            windows = windows[(some * length)..];
            probabilities = probabilities[(some * Classes.Count)..];
            count -= some;
        }
    }

    private void ForwardTogether(ReadOnlySpan<float> windows, int count, int length, Span<float> probabilities)
    {
        var steps = _shape.CheckArguments(windows[..length], probabilities[..Classes.Count], default);
        var rented = ArrayPool<float>.Shared.Rent((count * ((((2 * steps) + 1) * _widest) + (8 * TSimd.Lanes))) + _head.MiddleSize + AlignedFloats.Slack);
        fixed (float* scratch = rented, firstInput = windows)
        {
            var even = AlignedFloats.Align(scratch);             // [steps, count, blocks * lanes], outputs of lstm1, lstm3, ...
            var odd = even + (count * steps * _widest);          // the same of lstm2, ...
            var cell = odd + (count * steps * _widest);          // [count, blocks * lanes]
            var sums = cell + (count * _widest);                 // [2, count, 4, lanes]
            var middle = sums + (8 * count * TSimd.Lanes);       // [fc1 outputs]

            var (input, stepStride, windowStride) = ((nint)firstInput, Inputs, length);
            var hidden = even;
            foreach (var layer in _layers)
            {
                LstmKernel<TSimd, T>.RecurMany(layer, (float*)input, stepStride, windowStride, steps, count, hidden, cell, sums);
                windowStride = layer.Blocks * TSimd.Lanes;
                stepStride = count * windowStride;
                input = (nint)hidden;
                hidden = hidden == even ? odd : even;
            }

            for (var window = 0; window < count; window++)
            {
                var last = new ReadOnlySpan<float>((float*)input + ((steps - 1) * stepStride) + (window * windowStride), _shape.HiddenSizes[^1]);
                _head.Forward(last, new Span<float>(middle, _head.MiddleSize), probabilities.Slice(window * Classes.Count, Classes.Count));
            }
        }

        GC.KeepAlive(this);
        ArrayPool<float>.Shared.Return(rented);
    }
}
