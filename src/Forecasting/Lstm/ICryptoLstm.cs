using Coinsphere.Messaging.Forecasting.Answers;

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

    /// <summary>Runs the model over several windows, within 1e-6 of what it says of each alone, and faster where weights are read once for several windows.</summary>
    /// <param name="windows">Row-major [count, steps, inputs].</param>
    /// <param name="count">Number of windows, from 0.</param>
    /// <param name="probabilities">Receives [count, 3].</param>
    /// <exception cref="ArgumentException">A length does not fit the model.</exception>
    void ForwardMany(ReadOnlySpan<float> windows, int count, Span<float> probabilities)
    {
        var length = CryptoLstmShape.CheckMany(windows, count, probabilities);
        for (var i = 0; i < count; i++)
        {
            Forward(windows.Slice(i * length, length), probabilities.Slice(i * Outlook.Classes, Outlook.Classes));
        }
    }
}
