using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>
/// One layer's weights in the two orders that the products need. Units and inputs are padded to 16 with zeros, which keep the padded units at zero.
/// </summary>
internal sealed unsafe class TrainedLayer(int inputs, int hidden)
{
    /// <summary>One cache line between rows: rows at a distance of a power of two would compete for the same lines of the cache.</summary>
    public const int Gap = 16;

    private readonly AlignedFloats _forwardInput = new(inputs * ((4 * Pad(hidden)) + Gap));
    private readonly AlignedFloats _forwardRecurrent = new(hidden * ((4 * Pad(hidden)) + Gap));
    private readonly AlignedFloats _backwardInput = new(4 * Pad(hidden) * (Pad(inputs) + Gap));
    private readonly AlignedFloats _backwardRecurrent = new(4 * Pad(hidden) * (Pad(hidden) + Gap));
    private readonly AlignedFloats _bias = new(4 * Pad(hidden));

    public int Inputs => inputs;

    public int Hidden => hidden;

    public int PaddedInputs { get; } = Pad(inputs);

    public int PaddedHidden { get; } = Pad(hidden);

    /// <summary>Floats from one row of gates to the next.</summary>
    public int GateStride { get; } = (4 * Pad(hidden)) + Gap;

    public int InputStride { get; } = Pad(inputs) + Gap;

    public int HiddenStride { get; } = Pad(hidden) + Gap;

    public int ParameterCount { get; } = 4 * hidden * (inputs + hidden + 2);

    /// <summary>[inputs, 4 * hidden]</summary>
    public float* ForwardInput => _forwardInput.Pointer;

    /// <summary>[hidden, 4 * hidden]</summary>
    public float* ForwardRecurrent => _forwardRecurrent.Pointer;

    /// <summary>[4 * hidden, inputs]</summary>
    public float* BackwardInput => _backwardInput.Pointer;

    /// <summary>[4 * hidden, hidden]</summary>
    public float* BackwardRecurrent => _backwardRecurrent.Pointer;

    /// <summary>[4 * hidden], both biases added.</summary>
    public float* Bias => _bias.Pointer;

    public static int Pad(int count) => (count + 15) & ~15;

    /// <summary>Takes the layer's parameters: weight_ih, weight_hh, bias_ih, bias_hh.</summary>
    public void Load(ReadOnlySpan<float> parameters)
    {
        Scatter(parameters, inputs, ForwardInput, BackwardInput, InputStride);
        Scatter(parameters[(4 * hidden * inputs)..], hidden, ForwardRecurrent, BackwardRecurrent, HiddenStride);
        var biases = parameters[(4 * hidden * (inputs + hidden))..];
        for (var row = 0; row < 4 * hidden; row++)
        {
            Bias[Row(row)] = biases[row] + biases[(4 * hidden) + row];
        }
    }

    /// <summary>Adds gradients in padded order to the layer's part of a flat gradient.</summary>
    public void AddGradients(float* input, float* recurrent, float* bias, Span<float> gradients)
    {
        var at = 0;
        Gather(input, InputStride, inputs, gradients, ref at);
        Gather(recurrent, HiddenStride, hidden, gradients, ref at);
        for (var copy = 0; copy < 2; copy++)
        {
            for (var row = 0; row < 4 * hidden; row++)
            {
                gradients[at++] += bias[Row(row)];
            }
        }
    }

    private void Scatter(ReadOnlySpan<float> rows, int columns, float* forward, float* backward, int backwardStride)
    {
        for (var row = 0; row < 4 * hidden; row++)
        {
            var source = rows.Slice(row * columns, columns);
            var padded = Row(row);
            source.CopyTo(new Span<float>(backward + (padded * backwardStride), columns));
            for (var column = 0; column < columns; column++)
            {
                forward[(column * GateStride) + padded] = source[column];
            }
        }
    }

    private void Gather(float* source, int stride, int columns, Span<float> gradients, ref int at)
    {
        for (var row = 0; row < 4 * hidden; row++)
        {
            var values = source + (Row(row) * stride);
            for (var column = 0; column < columns; column++)
            {
                gradients[at++] += values[column];
            }
        }
    }

    private int Row(int row) => (row / hidden * PaddedHidden) + (row % hidden);
}
