namespace Coinsphere.Messaging.Forecasting.Lstm;

/// <summary>
/// A network ready to run: windows of time steps in, probabilities of the classes out. Instances hold weights only, so concurrent callers may share one.
/// </summary>
/// <remarks>
/// Windows are finite by construction, so values are not checked. A NaN yields NaN probabilities; infinities yield saturated gates or NaN.
/// </remarks>
public interface INetwork
{
    /// <summary>The name of the kernel in answers: one of <see cref="CryptoLstm.Kernels"/>, or another engine and its version.</summary>
    string Kernel { get; }

    /// <summary>Number of features a time step has.</summary>
    int Inputs { get; }

    /// <summary>Runs the network over one window.</summary>
    /// <param name="window">Standardised features, row-major [steps, inputs], oldest step first; at least one step.</param>
    /// <param name="probabilities">Receives [3]: bearish, neutral, bullish.</param>
    /// <exception cref="ArgumentException">A length does not fit the network.</exception>
    void Forward(ReadOnlySpan<float> window, Span<float> probabilities);

    /// <summary>
    /// Runs the network over several windows. Results are within 1e-6 of those of single windows; it is faster where weights are read once for
    /// several windows.
    /// </summary>
    /// <param name="windows">Row-major [count, steps, inputs].</param>
    /// <param name="count">Number of windows, from 0.</param>
    /// <param name="probabilities">Receives [count, 3].</param>
    /// <exception cref="ArgumentException">A length does not fit the network.</exception>
    void ForwardMany(ReadOnlySpan<float> windows, int count, Span<float> probabilities)
    {
        var length = CryptoLstmShape.CheckMany(windows, count, probabilities);
        for (var i = 0; i < count; i++)
        {
            Forward(windows.Slice(i * length, length), probabilities.Slice(i * Classes.Count, Classes.Count));
        }
    }
}
