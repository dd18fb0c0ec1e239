using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>
/// Losses and gradients of a CryptoLSTM over batches of windows, by backpropagation through time. A batch is divided into shards of 16 windows,
/// computed by any number of threads; their gradients are added in the order of the shards, so the result does not depend on the threads. Not
/// thread-safe.
/// </summary>
public sealed class GradientEngine
{
    private readonly TrainedLayer[] _layers;
    private readonly List<Shard> _shards = [];
    private readonly ParallelOptions _parallel;
    private readonly float[] _gradients;
    private float[] _losses = [];

    /// <param name="parameters">Read by every pass; see <see cref="Reload"/>.</param>
    /// <param name="steps">Time steps of every window.</param>
    /// <param name="threads">Most threads at a time.</param>
    public GradientEngine(Parameters parameters, int steps, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Parameters = parameters;
        Steps = steps;
        _parallel = new ParallelOptions { MaxDegreeOfParallelism = threads };
        _gradients = new float[parameters.Values.Length];
        _layers = [.. parameters.HiddenSizes.Select((hidden, i) => new TrainedLayer(i == 0 ? parameters.Inputs : parameters.HiddenSizes[i - 1], hidden))];
        Reload();
    }

    /// <summary>The network.</summary>
    public Parameters Parameters { get; }

    /// <summary>Time steps of a window.</summary>
    public int Steps { get; }

    /// <summary>Values of a window, steps * inputs.</summary>
    public int WindowLength => Steps * Parameters.Inputs;

    /// <summary>[parameters], of the last <see cref="Backward"/>, in the order of <see cref="Parameters.Values"/>.</summary>
    public Span<float> Gradients => _gradients;

    /// <summary>Must be called after <see cref="Parameters"/> have changed.</summary>
    public void Reload()
    {
        var at = 0;
        foreach (var layer in _layers)
        {
            layer.Load(Parameters.Values.AsSpan(at, layer.ParameterCount));
            at += layer.ParameterCount;
        }
    }

    /// <summary>The mean cross-entropy of a batch, without dropout, and its logits.</summary>
    /// <param name="windows">[n, steps, inputs]</param>
    /// <param name="targets">[n, 3], each row a distribution over bearish, neutral, bullish.</param>
    /// <param name="logits">Receives [n, 3]; may be empty.</param>
    public double Loss(ReadOnlyMemory<float> windows, ReadOnlyMemory<float> targets, Memory<float> logits = default) =>
        Run(windows, targets, default, backward: false, logits, default);

    /// <summary>The mean cross-entropy of a batch; fills <see cref="Gradients"/> with its gradient.</summary>
    /// <param name="windows">[n, steps, inputs]</param>
    /// <param name="targets">[n, 3], each row a distribution over bearish, neutral, bullish.</param>
    /// <param name="dropout">Share of units dropped after each layer, 0 for none.</param>
    /// <param name="seed">Selects the dropped units; another one for each batch.</param>
    /// <param name="inputGradients">Receives the gradient with respect to the windows, [n, steps, inputs]; may be empty.</param>
    public double Backward(
        ReadOnlyMemory<float> windows, ReadOnlyMemory<float> targets, float dropout = 0, ulong seed = 0, Memory<float> inputGradients = default)
    {
        var loss = Run(windows, targets, new Dropout(dropout, seed), backward: true, default, inputGradients);
        Array.Clear(_gradients);
        for (var s = 0; s < ShardsOf(targets.Length / Classes.Count); s++)
        {
            var shard = _shards[s].Gradients;
            for (var i = 0; i < shard.Length; i++)
            {
                _gradients[i] += shard[i];
            }
        }

        return loss;
    }

    private double Run(
        ReadOnlyMemory<float> windows, ReadOnlyMemory<float> targets, Dropout dropout, bool backward, Memory<float> logits, Memory<float> inputGradients)
    {
        var count = targets.Length / Classes.Count;
        if (count == 0 || targets.Length % Classes.Count != 0 || windows.Length != count * WindowLength)
        {
            throw new ArgumentException(
                $"The batch has {windows.Length} values and {targets.Length} targets, expected {WindowLength} values and {Classes.Count} targets a window.",
                nameof(windows));
        }

        while (_shards.Count < ShardsOf(count))
        {
            _shards.Add(Shard.Create(_layers, Parameters, Steps));
        }

        Array.Resize(ref _losses, Math.Max(_losses.Length, ShardsOf(count)));
        Parallel.For(0, ShardsOf(count), _parallel, s =>
            _losses[s] = RunShard(s, count, windows.Span, targets.Span, dropout, backward, logits.Span, inputGradients.Span));
        var sum = 0.0;
        for (var s = 0; s < ShardsOf(count); s++)
        {
            sum += _losses[s];
        }

        return sum / count;
    }

    private float RunShard(
        int s, int total, ReadOnlySpan<float> windows, ReadOnlySpan<float> targets, Dropout dropout, bool backward, Span<float> logits,
        Span<float> inputGradients)
    {
        var shard = _shards[s];
        var first = s * Shard.Windows;
        var count = Math.Min(Shard.Windows, total - first);
        for (var i = 0; i < count; i++)
        {
            shard.SetWindow(i, windows.Slice((first + i) * WindowLength, WindowLength));
        }

        shard.Forward(count, dropout, first);
        if (!logits.IsEmpty)
        {
            shard.Logits.AsSpan(0, count * Classes.Count).CopyTo(logits[(first * Classes.Count)..]);
        }

        Span<float> gradients = stackalloc float[Shard.Windows * Classes.Count];
        var loss = 0f;
        for (var i = 0; i < count; i++)
        {
            loss += CrossEntropy.Of(
                shard.Logits.AsSpan(i * Classes.Count, Classes.Count), targets.Slice((first + i) * Classes.Count, Classes.Count),
                gradients.Slice(i * Classes.Count, Classes.Count), 1f / total);
        }

        if (backward)
        {
            shard.Backward(count, gradients, dropout, first, !inputGradients.IsEmpty);
            for (var i = 0; i < count && !inputGradients.IsEmpty; i++)
            {
                shard.CopyInputGradient(i, inputGradients.Slice((first + i) * WindowLength, WindowLength));
            }
        }

        return loss;
    }

    private static int ShardsOf(int windows) => (windows + Shard.Windows - 1) / Shard.Windows;
}
