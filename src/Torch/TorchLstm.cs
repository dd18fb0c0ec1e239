using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Lstm;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Coinsphere.Messaging.Torch;

/// <summary>
/// A CryptoLSTM of PyTorch's own modules. Never disposed: after a swap, answers in progress still use it. Its tensors are freed by their finalizers.
/// </summary>
internal sealed class TorchLstm : ICryptoLstm
{
    private readonly CryptoLstmShape _shape;
    private readonly LSTM[] _layers;
    private readonly Linear _fc1;
    private readonly Linear _fc2;

    public TorchLstm(CryptoLstmWeights weights)
    {
        _shape = new CryptoLstmShape(weights);
        _layers = [.. weights.Layers.Select(Layer)];
        _fc1 = Dense(weights.Fc1);
        _fc2 = Dense(weights.Fc2);
    }

    /// <summary>The library and its version, as in <c>libtorch-2.10.0</c>.</summary>
    public string Kernel { get; } = "libtorch-" + Version.Parse(__version__).ToString(3);

    public int Inputs => _shape.Inputs;

    public IReadOnlyList<int> HiddenSizes => _shape.HiddenSizes;

    public void Forward(ReadOnlySpan<float> window, Span<float> probabilities, Span<float> lastHidden = default)
    {
        var steps = _shape.CheckArguments(window, probabilities, lastHidden);
        Run(window, count: 1, steps, probabilities, lastHidden);
    }

    public void ForwardMany(ReadOnlySpan<float> windows, int count, Span<float> probabilities)
    {
        var length = CryptoLstmShape.CheckMany(windows, count, probabilities);
        if (count > 0)
        {
            Run(windows, count, _shape.CheckArguments(windows[..length], probabilities[..Classes.Count], default), probabilities, default);
        }
    }

    private void Run(ReadOnlySpan<float> windows, int count, int steps, Span<float> probabilities, Span<float> lastHidden)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        var x = empty(count, steps, Inputs);
        windows.CopyTo(Values(x));
        foreach (var layer in _layers)
        {
            (x, var hidden, _) = layer.call(x);
            if (!lastHidden.IsEmpty)
            {
                Values(hidden).CopyTo(lastHidden);
                lastHidden = lastHidden[(int)hidden.numel()..];
            }
        }

        var last = x.select(1, steps - 1);
        Values(functional.softmax(_fc2.call(functional.relu(_fc1.call(last))), 1)).CopyTo(probabilities);
    }

    private static LSTM Layer(LstmLayerWeights weights)
    {
        var layer = LSTM(weights.Inputs, weights.Hidden, batchFirst: true);
        Fill(
            layer, ("weight_ih_l0", weights.InputWeights), ("weight_hh_l0", weights.RecurrentWeights), ("bias_ih_l0", weights.InputBias),
            ("bias_hh_l0", weights.RecurrentBias));
        return layer;
    }

    private static Linear Dense(LinearWeights weights)
    {
        var dense = Linear(weights.Inputs, weights.Outputs);
        Fill(dense, ("weight", weights.Weights), ("bias", weights.Bias));
        return dense;
    }

    private static void Fill(Module module, params ReadOnlySpan<(string Name, float[] Values)> parameters)
    {
        foreach (var (name, values) in parameters)
        {
            values.CopyTo(Values(module.get_parameter(name)!));
        }
    }

    // The tensor's own memory, [numel]; new tensors and what modules return are contiguous.
    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
