using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>The progress of an epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Done">The share of its samples seen, 0..1.</param>
/// <param name="Loss">Their mean cross-entropy.</param>
public readonly record struct TrainingStep(int Epoch, double Done, double Loss);

/// <summary>
/// Trains a network by minibatches. The same samples, options and initial parameters give the same bits on the same machine, whatever the threads do.
/// </summary>
public static class Trainer
{
    private const double LastShare = 0.01;

    /// <summary>Trains until all epochs are done, or it stops early, or is cancelled.</summary>
    /// <param name="state">The state to continue from; changed in place.</param>
    /// <param name="training">At least one sample.</param>
    /// <param name="validation">Later samples, at least one.</param>
    /// <param name="options">The training options.</param>
    /// <param name="finished">Called after every epoch: <paramref name="state"/> can then be saved and continued.</param>
    /// <param name="progress">Called after every batch.</param>
    /// <param name="cancellationToken">Ends training after the current batch.</param>
    /// <exception cref="ArgumentException">There are no samples, or windows of different lengths.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not a finite number.</exception>
    public static void Train(
        TrainingState state, IReadOnlyList<TrainingSample> training, IReadOnlyList<TrainingSample> validation, TrainingOptions options,
        Action<EpochReport>? finished = null, Action<TrainingStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchSize, 1);
        if (training.Count == 0 || validation.Count == 0)
        {
            throw new ArgumentException($"There are {training.Count} training and {validation.Count} validation samples, expected at least one of each.");
        }

        var (parameters, adam) = (state.Current, state.Optimizer);
        var engine = new GradientEngine(parameters, training[0].Window.Length / parameters.Inputs, options.Threads);
        var batch = new Batch(options.BatchSize, engine.WindowLength);
        var order = new int[training.Count];
        while (!state.IsOver(options))
        {
            var epoch = state.Epochs.Count + 1;
            Order(order, options.Seed, epoch);
            var rate = RateOf(epoch, options);
            var loss = 0.0;
            for (var start = 0; start < order.Length; start += options.BatchSize)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    return;
                }

                var picked = order.AsSpan(start, Math.Min(options.BatchSize, order.Length - start));
                batch.Fill(training, picked, options.LabelSmoothing, options.TeacherShare);
                var seed = unchecked((ulong)options.Seed * 0x9E3779B97F4A7C15) + (ulong)adam.Steps;
                loss += engine.Backward(batch.Windows, batch.Targets, options.Dropout, seed * 0xD1342543DE82EF95) * picked.Length;
                ThrowWhereDiverged(loss, epoch, options);
                Clip(engine.Gradients, options.GradientNorm);
                adam.Step(parameters.Values, engine.Gradients, rate);
                engine.Reload();
                var seen = start + picked.Length;
                progress?.Invoke(new(epoch, (double)seen / order.Length, loss / seen));
            }

            var (validationLoss, accuracy) = Evaluate(engine, validation, batch);
            ThrowWhereDiverged(validationLoss, epoch, options);
            var report = state.Finish(loss / training.Count, validationLoss, accuracy, options);
            finished?.Invoke(report);
        }
    }

    // Depends only on seed and epoch, so that a continued training uses the samples in the same order as one that was never interrupted.
    private static void Order(int[] order, int seed, int epoch)
    {
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        new Random(unchecked((seed * 1_000_003) + epoch)).Shuffle(order);
    }

    private static void ThrowWhereDiverged(double loss, int epoch, TrainingOptions options)
    {
        if (!double.IsFinite(loss))
        {
            throw new TrainingDivergedException(FormattableString.Invariant(
                $"epoch {epoch}: the loss is {loss}, expected a number; a learning rate below {options.LearningRate:G3} may help"));
        }
    }

    private static double RateOf(int epoch, TrainingOptions options)
    {
        var done = (double)(epoch - 1) / Math.Max(1, options.Epochs - 1);
        return options.LearningRate * (LastShare + ((1 - LastShare) * (1 + Math.Cos(Math.PI * done)) / 2));
    }

    private static void Clip(Span<float> gradients, double limit)
    {
        var squares = 0.0;
        foreach (var gradient in gradients)
        {
            squares += (double)gradient * gradient;
        }

        // as PyTorch's clip_grad_norm_
        var share = limit / (Math.Sqrt(squares) + 1e-6);
        if (share < 1)
        {
            foreach (ref var gradient in gradients)
            {
                gradient *= (float)share;
            }
        }
    }

    private static (double Loss, double Accuracy) Evaluate(GradientEngine engine, IReadOnlyList<TrainingSample> samples, Batch batch)
    {
        var (loss, hits) = (0.0, 0);
        for (var start = 0; start < samples.Count; start += batch.Size)
        {
            var picked = Enumerable.Range(start, Math.Min(batch.Size, samples.Count - start)).ToArray();
            batch.Fill(samples, picked, smoothing: 0, teacherShare: 0);
            loss += engine.Loss(batch.Windows, batch.Targets, batch.Logits) * picked.Length;
            for (var i = 0; i < picked.Length; i++)
            {
                var logits = batch.Logits.Span.Slice(i * Classes.Count, Classes.Count);
                hits += ArgMax(logits) == (int)samples[picked[i]].Label ? 1 : 0;
            }
        }

        return (loss / samples.Count, (double)hits / samples.Count);
    }

    private static int ArgMax(ReadOnlySpan<float> logits) => logits[0] >= logits[1] && logits[0] >= logits[2] ? 0 : logits[1] >= logits[2] ? 1 : 2;

    private sealed class Batch(int size, int windowLength)
    {
        private readonly float[] _windows = new float[size * windowLength];
        private readonly float[] _targets = new float[size * Classes.Count];
        private readonly float[] _logits = new float[size * Classes.Count];
        private int _count;

        public int Size => size;

        public ReadOnlyMemory<float> Windows => _windows.AsMemory(0, _count * windowLength);

        public ReadOnlyMemory<float> Targets => _targets.AsMemory(0, _count * Classes.Count);

        public Memory<float> Logits => _logits.AsMemory(0, _count * Classes.Count);

        public void Fill(IReadOnlyList<TrainingSample> samples, ReadOnlySpan<int> picked, float smoothing, float teacherShare)
        {
            _count = picked.Length;
            _targets.AsSpan().Fill(smoothing / Classes.Count);
            for (var i = 0; i < picked.Length; i++)
            {
                var sample = samples[picked[i]];
                sample.Window.CopyTo(_windows.AsSpan(i * windowLength, windowLength));
                _targets[(i * Classes.Count) + (int)sample.Label] += 1 - smoothing;
                for (var c = 0; c < Classes.Count && sample.Teacher is { } teacher; c++)
                {
                    ref var target = ref _targets[(i * Classes.Count) + c];
                    target += teacherShare * (teacher[c] - target);
                }
            }
        }
    }
}

/// <summary>The loss of a training is not a finite number. The state before it stays valid.</summary>
public sealed class TrainingDivergedException(string message) : Exception(message);
