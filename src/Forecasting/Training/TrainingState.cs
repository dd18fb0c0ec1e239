namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>An epoch's mean cross-entropies (with dropout while training, without for validation) and the validation samples' hit rate.</summary>
public sealed record EpochReport(int Epoch, double TrainingLoss, double ValidationLoss, double ValidationAccuracy, bool IsBest);

/// <summary>The state of a training between two epochs: enough to continue it with the same bits, and the best network so far.</summary>
/// <param name="current">The network in training; changed in place.</param>
/// <param name="optimizer">Its moments belong to <paramref name="current"/>.</param>
/// <param name="best">The network of the best epoch; changed in place.</param>
/// <param name="epochs">The finished epochs, in order.</param>
public sealed class TrainingState(Parameters current, Adam optimizer, Parameters best, IEnumerable<EpochReport> epochs)
{
    private readonly List<EpochReport> _epochs = [.. epochs];

    /// <summary>The state of a training that has not begun.</summary>
    /// <param name="initial">The initial parameters; copied.</param>
    /// <param name="adam">The optimizer's settings.</param>
    public TrainingState(Parameters initial, AdamOptions adam)
        : this(new(initial, initial.Values), new(adam, initial.Values.Length), new(initial, initial.Values), [])
    {
    }

    /// <summary>The network in training. Where training was cancelled within an epoch, it is a state in the middle of it, and cannot be continued.</summary>
    public Parameters Current => current;

    /// <summary>The moments that belong to <see cref="Current"/>.</summary>
    public Adam Optimizer => optimizer;

    /// <summary>The network of <see cref="BestEpoch"/>; the initial one where no epoch was finished.</summary>
    public Parameters Best => best;

    /// <summary>The finished epochs, in order.</summary>
    public IReadOnlyList<EpochReport> Epochs => _epochs;

    /// <summary>The epoch with the lowest validation loss, or without early stopping the last; null where no epoch was finished.</summary>
    public EpochReport? BestEpoch => _epochs.FindLast(epoch => epoch.IsBest);

    /// <summary>Whether all epochs of the options are done.</summary>
    public bool IsOver(TrainingOptions options) =>
        _epochs.Count >= options.Epochs || (options.EarlyStopping && BestEpoch is { } bestEpoch && _epochs.Count - bestEpoch.Epoch >= options.Patience);

    internal EpochReport Finish(double trainingLoss, double validationLoss, double accuracy, TrainingOptions options)
    {
        var report = new EpochReport(
            _epochs.Count + 1, trainingLoss, validationLoss, accuracy,
            !options.EarlyStopping || BestEpoch is not { } bestEpoch || validationLoss < bestEpoch.ValidationLoss);
        _epochs.Add(report);
        if (report.IsBest)
        {
            current.Values.CopyTo(best.Values, 0);
        }

        return report;
    }
}
