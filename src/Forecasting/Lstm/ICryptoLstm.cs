namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// A CryptoLSTM ready to run: stacked LSTM layers over a window of time steps, the last step's hidden state through fc1, ReLU, fc2 and softmax.
/// Instances hold weights only, so concurrent callers may share one.
/// </summary>
/// <remarks>
/// Windows are finite by construction, so values are not checked. A NaN yields NaN probabilities; infinities yield saturated gates or NaN.
/// </remarks>
public interface ICryptoLstm
{
    /// <summary>The implementation, for diagnostics: one of <see cref="CryptoLstm.Kernels"/>.</summary>
    string Kernel { get; }

    /// <summary>Number of features a time step has.</summary>
    int Inputs { get; }

    /// <summary>Hidden units of each layer, first layer first.</summary>
    IReadOnlyList<int> HiddenSizes { get; }

    /// <summary>Runs the model over one window, without allocating once its buffers are pooled.</summary>
    /// <param name="window">Standardised features, row-major [steps, inputs], oldest step first; at least one step.</param>
    /// <param name="probabilities">Receives [3]: bearish, neutral, bullish.</param>
    /// <param name="lastHidden">Receives every layer's hidden state after the last step, one after the other, [sum of hidden sizes]; may be empty.</param>
    /// <exception cref="ArgumentException">A length does not fit the model.</exception>
    void Forward(ReadOnlySpan<float> window, Span<float> probabilities, Span<float> lastHidden = default);
}
