using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>One layer over 16 windows, forward and backward through time; rows are (step, window), the window changing fastest.</summary>
internal sealed unsafe class LayerPass<TSimd, T>(TrainedLayer layer, int steps)
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    public const int Windows = 16;

    // rows of gates per product of weight gradients: what they read stays in the second level of cache
    private const int RowBlock = 6 * Windows;

    private readonly int _rows = steps * Windows;
    private readonly AlignedFloats _gates = new(steps * Windows * layer.GateStride);          // activated gates, then their gradients
    private readonly AlignedFloats _hidden = new(steps * Windows * layer.HiddenStride);
    private readonly AlignedFloats _cell = new(steps * Windows * layer.HiddenStride);
    private readonly AlignedFloats _cellTanh = new(steps * Windows * layer.HiddenStride);
    private readonly AlignedFloats _hiddenGradient = new(Windows * layer.HiddenStride);
    private readonly AlignedFloats _cellGradient = new(Windows * layer.HiddenStride);
    private readonly AlignedFloats _inputWeightGradient = new(4 * layer.PaddedHidden * layer.InputStride);
    private readonly AlignedFloats _recurrentWeightGradient = new(4 * layer.PaddedHidden * layer.HiddenStride);
    private readonly AlignedFloats _biasGradient = new(4 * layer.PaddedHidden);

    public TrainedLayer Layer => layer;

    /// <summary>[steps, 16, hidden], rows <see cref="TrainedLayer.HiddenStride"/> apart.</summary>
    public float* Hidden => _hidden.Pointer;

    /// <summary>h of all steps from the layer's input.</summary>
    /// <param name="input">[steps, 16, inputs], rows <see cref="TrainedLayer.InputStride"/> apart.</param>
    public void Forward(float* input)
    {
        var (width, stride) = (4 * layer.PaddedHidden, layer.GateStride);
        var bias = new ReadOnlySpan<float>(layer.Bias, width);
        for (var row = 0; row < _rows; row++)
        {
            bias.CopyTo(new Span<float>(_gates.Pointer + (row * stride), width));
        }

        Gemm<TSimd, T>.Add(_rows, width, layer.Inputs, input, layer.InputStride, 1, layer.ForwardInput, stride, _gates.Pointer, stride);
        for (var step = 0; step < steps; step++)
        {
            var gates = _gates.Pointer + (step * Windows * stride);
            if (step > 0)
            {
                var previous = Hidden + ((step - 1) * Windows * layer.HiddenStride);
                Gemm<TSimd, T>.Add(Windows, width, layer.Hidden, previous, layer.HiddenStride, 1, layer.ForwardRecurrent, stride, gates, stride);
            }

            Activate(step);
        }
    }

    /// <summary>The weights' gradients, and the input's where requested.</summary>
    /// <param name="input">The same as in <see cref="Forward"/>.</param>
    /// <param name="outputGradient">Gradient with respect to h, [steps, 16, hidden]; of the last step alone where <paramref name="lastOnly"/>.</param>
    /// <param name="lastOnly">Whether only the last step's h was used.</param>
    /// <param name="inputGradient">Receives [steps, 16, inputs]; may be null.</param>
    public void Backward(float* input, float* outputGradient, bool lastOnly, float* inputGradient)
    {
        var (width, stride) = (4 * layer.PaddedHidden, layer.GateStride);
        _hiddenGradient.Span.Clear();
        _cellGradient.Span.Clear();
        for (var step = steps - 1; step >= 0; step--)
        {
            var given = lastOnly ? (step == steps - 1 ? outputGradient : null) : outputGradient + (step * Windows * layer.HiddenStride);
            Deactivate(step, given);
            _hiddenGradient.Span.Clear();
            if (step > 0)
            {
                var gates = _gates.Pointer + (step * Windows * stride);
                Gemm<TSimd, T>.Add(
                    Windows, layer.PaddedHidden, width, gates, stride, 1, layer.BackwardRecurrent, layer.HiddenStride, _hiddenGradient.Pointer,
                    layer.HiddenStride);
            }
        }

        WeightGradients(input);
        if (inputGradient != null)
        {
            new Span<float>(inputGradient, _rows * layer.InputStride).Clear();
            Gemm<TSimd, T>.Add(
                _rows, layer.PaddedInputs, width, _gates.Pointer, stride, 1, layer.BackwardInput, layer.InputStride, inputGradient, layer.InputStride);
        }
    }

    /// <summary>Adds the weights' gradients to the layer's part of a flat gradient.</summary>
    public void AddGradients(Span<float> gradients) =>
        layer.AddGradients(_inputWeightGradient.Pointer, _recurrentWeightGradient.Pointer, _biasGradient.Pointer, gradients);

    private void WeightGradients(float* input)
    {
        var (width, stride) = (4 * layer.PaddedHidden, layer.GateStride);
        _inputWeightGradient.Span.Clear();
        _recurrentWeightGradient.Span.Clear();
        _biasGradient.Span.Clear();
        for (var row = 0; row < _rows; row += RowBlock)
        {
            var count = Math.Min(RowBlock, _rows - row);
            var gates = _gates.Pointer + (row * stride);
            Gemm<TSimd, T>.Add(
                width, layer.PaddedInputs, count, gates, 1, stride, input + (row * layer.InputStride), layer.InputStride,
                _inputWeightGradient.Pointer, layer.InputStride);

            // the first step has no h before it
            var skip = row == 0 ? Windows : 0;
            Gemm<TSimd, T>.Add(
                width, layer.PaddedHidden, count - skip, gates + (skip * stride), 1, stride,
                Hidden + ((row + skip - Windows) * layer.HiddenStride), layer.HiddenStride, _recurrentWeightGradient.Pointer, layer.HiddenStride);
            for (var i = 0; i < count; i++)
            {
                for (var column = 0; column < width; column += TSimd.Lanes)
                {
                    var sum = _biasGradient.Pointer + column;
                    TSimd.Store(TSimd.Add(TSimd.Load(sum), TSimd.Load(gates + (i * stride) + column)), sum);
                }
            }
        }
    }

    private void Activate(int step)
    {
        var units = layer.PaddedHidden;
        for (var window = 0; window < Windows; window++)
        {
            var row = (step * Windows) + window;
            var gates = _gates.Pointer + (row * layer.GateStride);
            var at = row * layer.HiddenStride;
            for (var unit = 0; unit < units; unit += TSimd.Lanes)
            {
                var i = Activation<TSimd, T>.Sigmoid(TSimd.Load(gates + unit));
                var f = Activation<TSimd, T>.Sigmoid(TSimd.Load(gates + units + unit));
                var g = Activation<TSimd, T>.Tanh(TSimd.Load(gates + (2 * units) + unit));
                var o = Activation<TSimd, T>.Sigmoid(TSimd.Load(gates + (3 * units) + unit));
                var c = TSimd.Multiply(i, g);
                if (step > 0)
                {
                    c = TSimd.MultiplyAdd(f, TSimd.Load(_cell.Pointer + at - (Windows * layer.HiddenStride) + unit), c);
                }

                var tanh = Activation<TSimd, T>.Tanh(c);
                TSimd.Store(i, gates + unit);
                TSimd.Store(f, gates + units + unit);
                TSimd.Store(g, gates + (2 * units) + unit);
                TSimd.Store(o, gates + (3 * units) + unit);
                TSimd.Store(c, _cell.Pointer + at + unit);
                TSimd.Store(tanh, _cellTanh.Pointer + at + unit);
                TSimd.Store(TSimd.Multiply(o, tanh), Hidden + at + unit);
            }
        }
    }

    /// <summary>Converts gradients of h and c to those of the gates before activation, in place; c's gradient moves one step back.</summary>
    private void Deactivate(int step, float* given)
    {
        var units = layer.PaddedHidden;
        var one = TSimd.Broadcast(1);
        for (var window = 0; window < Windows; window++)
        {
            var row = (step * Windows) + window;
            var gates = _gates.Pointer + (row * layer.GateStride);
            var at = row * layer.HiddenStride;
            var local = window * layer.HiddenStride;
            for (var unit = 0; unit < units; unit += TSimd.Lanes)
            {
                var i = TSimd.Load(gates + unit);
                var f = TSimd.Load(gates + units + unit);
                var g = TSimd.Load(gates + (2 * units) + unit);
                var o = TSimd.Load(gates + (3 * units) + unit);
                var tanh = TSimd.Load(_cellTanh.Pointer + at + unit);
                var dh = TSimd.Load(_hiddenGradient.Pointer + local + unit);
                if (given != null)
                {
                    dh = TSimd.Add(dh, TSimd.Load(given + local + unit));
                }

                var dc = TSimd.Load(_cellGradient.Pointer + local + unit);
                dc = TSimd.MultiplyAdd(TSimd.Multiply(dh, o), TSimd.Subtract(one, TSimd.Multiply(tanh, tanh)), dc);
                TSimd.Store(Slope(TSimd.Multiply(dc, g), i), gates + unit);
                TSimd.Store(
                    step == 0 ? default : Slope(TSimd.Multiply(dc, TSimd.Load(_cell.Pointer + at - (Windows * layer.HiddenStride) + unit)), f),
                    gates + units + unit);
                TSimd.Store(TSimd.Multiply(TSimd.Multiply(dc, i), TSimd.Subtract(one, TSimd.Multiply(g, g))), gates + (2 * units) + unit);
                TSimd.Store(Slope(TSimd.Multiply(dh, tanh), o), gates + (3 * units) + unit);
                TSimd.Store(TSimd.Multiply(dc, f), _cellGradient.Pointer + local + unit);
            }
        }

        // d sigmoid = s (1 - s)
        T Slope(T gradient, T s) => TSimd.Multiply(gradient, TSimd.Multiply(s, TSimd.Subtract(one, s)));
    }
}
