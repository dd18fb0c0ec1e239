namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// A CryptoLSTM ready to run: stacked LSTM layers over a window of time steps, the last step's hidden state through fc1, ReLU, fc2 and softmax.
/// </summary>
public interface ICryptoLstm : INetwork
{
    /// <summary>Hidden units of each layer, first layer first.</summary>
    IReadOnlyList<int> HiddenSizes { get; }

    /// <summary>Runs the model over one window. Managed kernels allocate nothing once their buffers are pooled.</summary>
    /// <param name="window">Standardised features, row-major [steps, inputs], oldest step first; at least one step.</param>
    /// <param name="probabilities">Receives [3]: bearish, neutral, bullish.</param>
    /// <param name="lastHidden">Receives every layer's hidden state after the last step, one after the other, [sum of hidden sizes]; may be empty.</param>
    /// <exception cref="ArgumentException">A length does not fit the model.</exception>
    void Forward(ReadOnlySpan<float> window, Span<float> probabilities, Span<float> lastHidden = default);

    /// <inheritdoc/>
    void INetwork.Forward(ReadOnlySpan<float> window, Span<float> probabilities) => Forward(window, probabilities, default);
}
