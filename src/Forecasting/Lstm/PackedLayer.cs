namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// One layer's weights in the order in which the vector kernels read them. Units come in blocks of one vector; a block's four gates lie side by side,
/// so that after a block's sums its activations need no other memory. The last block is padded with zero weights, which keeps its spare units at zero.
/// </summary>
internal sealed unsafe class PackedLayer
{
    private const int Gates = 4;

    private readonly AlignedFloats _inputWeights;
    private readonly AlignedFloats _recurrentWeights;
    private readonly AlignedFloats _bias;

    public PackedLayer(LstmLayerWeights layer, int lanes)
    {
        Inputs = layer.Inputs;
        Hidden = layer.Hidden;
        Blocks = (layer.Hidden + lanes - 1) / lanes;
        _inputWeights = Pack(layer.InputWeights, layer.Inputs, layer.Hidden, lanes);
        _recurrentWeights = Pack(layer.RecurrentWeights, layer.Hidden, layer.Hidden, lanes);
        _bias = Pack([.. layer.InputBias.Zip(layer.RecurrentBias, (a, b) => a + b)], 1, layer.Hidden, lanes);
    }

    public int Inputs { get; }

    public int Hidden { get; }

    public int Blocks { get; }

    /// <summary>[blocks, inputs, 4, lanes]</summary>
    public float* InputWeights => _inputWeights.Pointer;

    /// <summary>[blocks, hidden, 4, lanes]</summary>
    public float* RecurrentWeights => _recurrentWeights.Pointer;

    /// <summary>[blocks, 4, lanes]; the sum of both biases.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>From row-major [4 * hidden, columns] to [blocks, columns, 4, lanes].</summary>
    private static AlignedFloats Pack(ReadOnlySpan<float> rows, int columns, int hidden, int lanes)
    {
        var blocks = (hidden + lanes - 1) / lanes;
        var packed = new AlignedFloats(blocks * columns * Gates * lanes);
        var target = packed.Span;
        for (var gate = 0; gate < Gates; gate++)
        {
            for (var unit = 0; unit < hidden; unit++)
            {
                var (block, lane) = Math.DivRem(unit, lanes);
                var row = rows.Slice(((gate * hidden) + unit) * columns, columns);
                for (var column = 0; column < columns; column++)
                {
                    target[(((((block * columns) + column) * Gates) + gate) * lanes) + lane] = row[column];
                }
            }
        }

        return packed;
    }
}
