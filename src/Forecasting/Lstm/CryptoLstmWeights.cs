namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>The weights of a CryptoLSTM as PyTorch lays them out: three stacked LSTM layers, fc1, ReLU, fc2, softmax.</summary>
/// <param name="Layers">lstm1, lstm2, lstm3; each one's inputs are the hidden units of the one before.</param>
/// <param name="Fc1">[16, hidden of lstm3], followed by ReLU.</param>
/// <param name="Fc2">[3, 16], followed by softmax over bearish, neutral, bullish.</param>
public sealed record CryptoLstmWeights(IReadOnlyList<LstmLayerWeights> Layers, LinearWeights Fc1, LinearWeights Fc2)
{
    /// <summary>Number of features a time step has.</summary>
    public int Inputs => Layers[0].Inputs;

    /// <summary>Number of trainable parameters.</summary>
    public int ParameterCount =>
        Layers.Sum(l => l.InputWeights.Length + l.RecurrentWeights.Length + l.InputBias.Length + l.RecurrentBias.Length)
        + Fc1.Weights.Length + Fc1.Bias.Length + Fc2.Weights.Length + Fc2.Bias.Length;
}

/// <summary>One LSTM layer in PyTorch's layout. Rows are gates in the order input, forget, cell, output, each of <paramref name="Hidden"/> rows.</summary>
/// <param name="Inputs">Width of the layer's input.</param>
/// <param name="Hidden">Number of hidden units.</param>
/// <param name="InputWeights">weight_ih, row-major [4 * hidden, inputs].</param>
/// <param name="RecurrentWeights">weight_hh, row-major [4 * hidden, hidden].</param>
/// <param name="InputBias">bias_ih, [4 * hidden]; both biases are added.</param>
/// <param name="RecurrentBias">bias_hh, [4 * hidden].</param>
public sealed record LstmLayerWeights(
    int Inputs, int Hidden, float[] InputWeights, float[] RecurrentWeights, float[] InputBias, float[] RecurrentBias);

/// <summary>A linear layer: y = W x + b.</summary>
/// <param name="Inputs">Width of x.</param>
/// <param name="Outputs">Width of y.</param>
/// <param name="Weights">Row-major [outputs, inputs].</param>
/// <param name="Bias">[outputs].</param>
public sealed record LinearWeights(int Inputs, int Outputs, float[] Weights, float[] Bias);
