using System.Runtime.Intrinsics;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>Up to 16 windows of a batch, and the memory of a pass over them; used by one thread at a time.</summary>
internal abstract class Shard
{
    public const int Windows = 16;

    /// <summary>[parameters], of the last backward pass.</summary>
    public float[] Gradients { get; protected init; } = [];

    /// <summary>[16, 3], of the last forward pass.</summary>
    public float[] Logits { get; } = new float[Windows * Classes.Count];

    /// <summary>A shard with the widest vectors of this CPU.</summary>
    public static Shard Create(TrainedLayer[] layers, Parameters parameters, int steps) => CryptoLstm.FastestKernel switch
    {
        Simd512.Kernel => new Shard<Simd512, Vector512<float>>(layers, parameters, steps),
        Simd256.Kernel => new Shard<Simd256, Vector256<float>>(layers, parameters, steps),
        _ => new Shard<Simd128, Vector128<float>>(layers, parameters, steps),
    };

    /// <summary>Stores a standardised window, [steps, inputs], at index <paramref name="at"/>.</summary>
    public abstract void SetWindow(int at, ReadOnlySpan<float> window);

    /// <summary>Fills <see cref="Logits"/>.</summary>
    public abstract void Forward(int count, Dropout dropout, long firstRow);

    /// <summary>Fills <see cref="Gradients"/>, after <see cref="Forward"/> with the same arguments.</summary>
    /// <param name="count">Windows in use.</param>
    /// <param name="logitGradients">[count, 3]</param>
    /// <param name="dropout">As in the forward pass.</param>
    /// <param name="firstRow">As in the forward pass.</param>
    /// <param name="withInput">Whether <see cref="CopyInputGradient"/> will be called.</param>
    public abstract void Backward(int count, ReadOnlySpan<float> logitGradients, Dropout dropout, long firstRow, bool withInput);

    /// <summary>The gradient with respect to a window, [steps, inputs].</summary>
    public abstract void CopyInputGradient(int at, Span<float> gradient);
}

internal sealed unsafe class Shard<TSimd, T> : Shard
    where TSimd : struct, ISimd<T>
    where T : unmanaged
{
    private readonly Parameters _parameters;
    private readonly int _steps;
    private readonly int _headAt;
    private readonly TrainedHead _head;
    private readonly LayerPass<TSimd, T>[] _layers;
    private readonly AlignedFloats[] _inputs;         // each layer's input, [steps, 16, inputs]: after dropout
    private readonly AlignedFloats[] _inputGradients;
    private readonly AlignedFloats _last;             // [16, hidden of the last layer], after dropout
    private readonly AlignedFloats _lastGradient;

    public Shard(TrainedLayer[] layers, Parameters parameters, int steps)
    {
        _parameters = parameters;
        _steps = steps;
        _headAt = layers.Sum(l => l.ParameterCount);
        _head = new TrainedHead(layers[^1].Hidden, parameters.Fc1Outputs);
        _layers = [.. layers.Select(l => new LayerPass<TSimd, T>(l, steps))];
        _inputs = [.. layers.Select(l => new AlignedFloats(steps * Windows * l.InputStride))];
        _inputGradients = [.. layers.Select(l => new AlignedFloats(steps * Windows * l.InputStride))];
        _last = new AlignedFloats(Windows * layers[^1].HiddenStride);
        _lastGradient = new AlignedFloats(Windows * layers[^1].HiddenStride);
        Gradients = new float[parameters.Values.Length];
    }

    public override void SetWindow(int at, ReadOnlySpan<float> window)
    {
        var layer = _layers[0].Layer;
        for (var step = 0; step < _steps; step++)
        {
            window.Slice(step * layer.Inputs, layer.Inputs).CopyTo(Row(_inputs[0], step, at, layer.InputStride, layer.Inputs));
        }
    }

    public override void Forward(int count, Dropout dropout, long firstRow)
    {
        for (var l = 0; l < _layers.Length; l++)
        {
            var pass = _layers[l];
            pass.Forward(_inputs[l].Pointer);
            var hidden = new ReadOnlySpan<float>(pass.Hidden, _steps * Windows * pass.Layer.HiddenStride);
            if (l < _layers.Length - 1)
            {
                hidden.CopyTo(_inputs[l + 1].Span);
                Drop(_inputs[l + 1], dropout, l, firstRow, _steps, pass.Layer);
            }
            else
            {
                hidden[((_steps - 1) * Windows * pass.Layer.HiddenStride)..].CopyTo(_last.Span);
                Drop(_last, dropout, l, firstRow, 1, pass.Layer);
            }
        }

        for (var window = 0; window < count; window++)
        {
            _head.Forward(_parameters.Values.AsSpan(_headAt), Last(_last, window), Logits.AsSpan(window * Classes.Count, Classes.Count));
        }
    }

    public override void Backward(int count, ReadOnlySpan<float> logitGradients, Dropout dropout, long firstRow, bool withInput)
    {
        Array.Clear(Gradients);
        _lastGradient.Span.Clear();
        Span<float> logits = stackalloc float[Classes.Count];
        for (var window = 0; window < count; window++)
        {
            // the head holds the state of one window at a time
            var parameters = _parameters.Values.AsSpan(_headAt);
            _head.Forward(parameters, Last(_last, window), logits);
            var gradient = logitGradients.Slice(window * Classes.Count, Classes.Count);
            _head.Backward(parameters, Last(_last, window), gradient, Gradients.AsSpan(_headAt), Last(_lastGradient, window));
        }

        Drop(_lastGradient, dropout, _layers.Length - 1, firstRow, 1, _layers[^1].Layer);
        var at = _headAt;
        for (var l = _layers.Length - 1; l >= 0; l--)
        {
            var isLast = l == _layers.Length - 1;
            var pass = _layers[l];
            pass.Backward(
                _inputs[l].Pointer, isLast ? _lastGradient.Pointer : _inputGradients[l + 1].Pointer, isLast,
                l > 0 || withInput ? _inputGradients[l].Pointer : null);
            at -= pass.Layer.ParameterCount;
            pass.AddGradients(Gradients.AsSpan(at, pass.Layer.ParameterCount));
            if (l > 0)
            {
                Drop(_inputGradients[l], dropout, l - 1, firstRow, _steps, _layers[l - 1].Layer);
            }
        }
    }

    public override void CopyInputGradient(int at, Span<float> gradient)
    {
        var layer = _layers[0].Layer;
        for (var step = 0; step < _steps; step++)
        {
            Row(_inputGradients[0], step, at, layer.InputStride, layer.Inputs).CopyTo(gradient[(step * layer.Inputs)..]);
        }
    }

    private void Drop(AlignedFloats values, Dropout dropout, int layer, long firstRow, int steps, TrainedLayer of)
    {
        if (!dropout.IsActive)
        {
            return;
        }

        for (var row = 0; row < steps * Windows; row++)
        {
            var (step, window) = (row / Windows, row % Windows);
            dropout.Apply(values.Span.Slice(row * of.HiddenStride, of.Hidden), layer, ((firstRow + window) * _steps) + step);
        }
    }

    private Span<float> Last(AlignedFloats values, int window) => Row(values, 0, window, _layers[^1].Layer.HiddenStride, _layers[^1].Layer.Hidden);

    private static Span<float> Row(AlignedFloats values, int step, int window, int stride, int width) =>
        values.Span.Slice(((step * Windows) + window) * stride, width);
}
