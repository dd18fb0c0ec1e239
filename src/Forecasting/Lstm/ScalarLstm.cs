using System.Buffers;

namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// The model as its formulas read; what the vector kernels are held to, and what runs where the CPU has no vectors. At every step of a layer
/// <code>
/// i, f, o = sigmoid(W_ih x + b_ih + W_hh h + b_hh)     g = tanh(the same)     gates stacked as i, f, g, o
/// c' = f * c + i * g
/// h' = o * tanh(c')
/// </code>
/// </summary>
internal sealed class ScalarLstm(CryptoLstmWeights weights) : ICryptoLstm
{
    public const string KernelName = "scalar";

    private readonly CryptoLstmShape _shape = new(weights);
    private readonly LstmLayerWeights[] _layers = [.. weights.Layers]; // an array, because enumerating the list allocates
    private readonly DenseHead _head = new(weights.Fc1, weights.Fc2);

    public string Kernel => KernelName;

    public int Inputs => _shape.Inputs;

    public IReadOnlyList<int> HiddenSizes => _shape.HiddenSizes;

    public void Forward(ReadOnlySpan<float> window, Span<float> probabilities, Span<float> lastHidden = default)
    {
        var steps = _shape.CheckArguments(window, probabilities, lastHidden);
        var states = 0; // floats in use: h and c of every layer, then the widest layer's gates
        var widest = 0;
        foreach (var layer in _layers)
        {
            states += 2 * layer.Hidden;
            widest = Math.Max(widest, layer.Hidden);
        }

        var rented = ArrayPool<float>.Shared.Rent(states + (4 * widest) + _head.MiddleSize);
        var state = rented.AsSpan(0, states);
        var gates = rented.AsSpan(states, 4 * widest);
        state.Clear();

        ReadOnlySpan<float> x = default;
        for (var step = 0; step < steps; step++)
        {
            x = window.Slice(step * Inputs, Inputs);
            var rest = state;
            foreach (var layer in _layers)
            {
                var h = rest[..layer.Hidden];
                var c = rest.Slice(layer.Hidden, layer.Hidden);
                Step(layer, x, h, c, gates[..(4 * layer.Hidden)]);
                rest = rest[(2 * layer.Hidden)..];
                x = h;
            }
        }

        _head.Forward(x, rented.AsSpan(states + (4 * widest), _head.MiddleSize), probabilities);
        if (!lastHidden.IsEmpty)
        {
            CopyHidden(state, lastHidden);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <param name="layer">Weights.</param>
    /// <param name="x">[inputs]</param>
    /// <param name="h">[hidden], updated.</param>
    /// <param name="c">[hidden], updated.</param>
    /// <param name="gates">Scratch, [4 * hidden].</param>
    private static void Step(LstmLayerWeights layer, ReadOnlySpan<float> x, Span<float> h, Span<float> c, Span<float> gates)
    {
        for (var row = 0; row < gates.Length; row++)
        {
            gates[row] = layer.InputBias[row] + layer.RecurrentBias[row]
                + Dot(layer.InputWeights.AsSpan(row * layer.Inputs, layer.Inputs), x)
                + Dot(layer.RecurrentWeights.AsSpan(row * layer.Hidden, layer.Hidden), h);
        }

        for (var unit = 0; unit < layer.Hidden; unit++)
        {
            var i = Sigmoid(gates[unit]);
            var f = Sigmoid(gates[layer.Hidden + unit]);
            var g = MathF.Tanh(gates[(2 * layer.Hidden) + unit]);
            var o = Sigmoid(gates[(3 * layer.Hidden) + unit]);
            c[unit] = (f * c[unit]) + (i * g);
            h[unit] = o * MathF.Tanh(c[unit]);
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));

    private void CopyHidden(ReadOnlySpan<float> state, Span<float> lastHidden)
    {
        foreach (var layer in _layers)
        {
            state[..layer.Hidden].CopyTo(lastHidden);
            lastHidden = lastHidden[layer.Hidden..];
            state = state[(2 * layer.Hidden)..];
        }
    }
}
