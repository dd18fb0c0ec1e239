namespace Coinsphere.Messaging.Forecasting.Training;

/// <summary>An epoch's mean cross-entropies (with dropout while training, without for validation) and the validation samples' hit rate.</summary>
public sealed record EpochReport(int Epoch, double TrainingLoss, double ValidationLoss, double ValidationAccuracy, bool IsBest);

/// <summary>Where a training stands between two epochs: enough to go on from to the same bits, and the best network met.</summary>
/// <param name="current">The network as it is trained; changed in place.</param>
/// <param name="optimizer">Its moments belong to <paramref name="current"/>.</param>
/// <param name="best">The network of the best epoch; changed in place.</param>
/// <param name="epochs">Those that are finished, in order.</param>
public sealed class TrainingState(Parameters current, Adam optimizer, Parameters best, IEnumerable<EpochReport> epochs)
{
    private readonly List<EpochReport> _epochs = [.. epochs];

    /// <summary>A training that has not begun.</summary>
    /// <param name="initial">Where it starts; copied.</param>
    /// <param name="adam">The optimizer's settings.</param>
    public TrainingState(Parameters initial, AdamOptions adam)
        : this(new(initial, initial.Values), new(adam, initial.Values.Length), new(initial, initial.Values), [])
    {
    }

    /// <summary>The network as it is trained. Where training was cancelled within an epoch it is of the middle of that, and no state to go on from.</summary>
    public Parameters Current => current;

    /// <summary>The moments that belong to <see cref="Current"/>.</summary>
    public Adam Optimizer => optimizer;

    /// <summary>The network of <see cref="BestEpoch"/>, the initial one where no epoch was finished.</summary>
    public Parameters Best => best;

    /// <summary>The finished epochs, in order.</summary>
    public IReadOnlyList<EpochReport> Epochs => _epochs;

    /// <summary>The epoch with the lowest validation loss, or without early stopping the last; null where none was finished.</summary>
    public EpochReport? BestEpoch => _epochs.FindLast(epoch => epoch.IsBest);

    /// <summary>Whether the options leave no epoch to go on with.</summary>
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
