using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// The steps of a training, for the command and for the retrainer: read the bars, train a network, calibrate and score it for each symbol, and write its
/// checkpoints. The callers decide which symbols are trained, and hold their locks while <see cref="Promote"/> writes.
/// </summary>
internal sealed class NetworkTraining(TrainingHistories prices, CheckpointFolder folder, Promotion promotion, VolatilityRefit volatility, TimeProvider time)
{
    /// <summary>Reads the bars of symbols. Null where no symbol is left to train on.</summary>
    /// <param name="symbols">Symbols in any case.</param>
    /// <param name="through">The newest day to read.</param>
    /// <param name="planFor">The plan, by the day of the newest bar.</param>
    /// <param name="isPooled">Whether one network learns from all of them: a symbol with too few bars is then left out, since it would stop the others.</param>
    /// <param name="leftOut">Called with the reason for each symbol that is left out, and whether that is a fault.</param>
    /// <param name="noted">Called with what is left out of a symbol's bars.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<TrainingData?> ReadAsync(
        IEnumerable<string> symbols, DateOnly through, Func<DateOnly, TrainingPlan> planFor, bool isPooled, Action<string, bool> leftOut,
        Action<string> noted, CancellationToken cancellationToken)
    {
        var histories = await prices.ReadAsync(symbols, through, leftOut, noted, cancellationToken);
        if (histories.Count == 0)
        {
            return null;
        }

        var plan = planFor(histories.Max(history => history.Series.Bars.Span[^1].Day));
        var usable = isPooled ? TrainingGroup.Usable(histories, plan, reason => leftOut(reason, true)) : histories;
        return usable.Count == 0 ? null : new TrainingData(usable, plan);
    }

    /// <summary>Trains one network for all symbols of the data. Null where no epoch has finished.</summary>
    /// <param name="data">The data to train on.</param>
    /// <param name="callbacks">Where the training is saved, and the methods to call.</param>
    /// <param name="cancellationToken">Cancels the training; no model is replaced.</param>
    /// <exception cref="TrainingDataException">A symbol has too few bars.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not a finite number.</exception>
    /// <exception cref="CheckpointException">The saved training cannot be resumed.</exception>
    public TrainedNetwork? Train(TrainingData data, TrainingCallbacks callbacks, CancellationToken cancellationToken)
    {
        var group = new TrainingGroup(data.Histories, data.Plan);
        var state = callbacks is { IsResumed: true, SavedAs: { } saved } && File.Exists(folder.TrainingOf(saved))
            ? Resume(folder.TrainingOf(saved), group)
            : group.Begin();
        callbacks.Started(group, state);
        Trainer.Train(state, group.Training, group.Validation, data.Plan.Options, epoch =>
        {
            if (callbacks.SavedAs is { } name)
            {
                folder.WriteTraining(name, TrainingFile.Write(state, group.Digest));
            }

            callbacks.EpochEnded?.Invoke(epoch);
        }, callbacks.Advanced, cancellationToken);
        // Only a finished training replaces a model.
        cancellationToken.ThrowIfCancellationRequested();
        if (state.BestEpoch is not { } best)
        {
            return null;
        }

        var weights = state.Best.ToWeights();
        return new TrainedNetwork(data, weights, best, group.Finish(weights), time.GetUtcNow())
        {
            Pooled = data.Histories.Count > 1 ? group.FinishPooled(weights) : null,
        };
    }

    /// <summary>Writes the checkpoints of symbols, and promotes them where <see cref="Promotion"/> decides so. The caller holds the symbols' locks.</summary>
    /// <param name="trained">The network.</param>
    /// <param name="symbols">The symbols, and <see cref="TrainedNetwork.Pooled"/> where it may serve.</param>
    /// <param name="force">See <see cref="Promotion.Run"/>.</param>
    /// <returns>One decision for each symbol, in order, the pooled network's last.</returns>
    public IReadOnlyList<PromotionDecision> Promote(TrainedNetwork trained, IEnumerable<TrainedSymbol> symbols, bool force)
    {
        var (histories, plan) = trained.Data;
        var candidates = symbols.ToLookup(symbol => symbol.Pools is not null, symbol => new PromotionCandidate(
            symbol.Symbol,
            TrainedCheckpoint.Write(trained.Weights, trained.Best, symbol, plan, trained.At),
            symbol.Pools is not null ? histories : [histories.First(history => history.Series.Symbol == symbol.Symbol)]));
        // The pooled network serves other symbols, with a calibration of its own: it is compared by itself.
        return [.. candidates.OrderBy(group => group.Key).SelectMany(group => promotion.Run([.. group], plan, trained.At, force))];
    }

    /// <summary>Fits the volatility model on the bars of the data, see <see cref="VolatilityRefit"/>.</summary>
    /// <returns>The model that serves from now on; null where nothing has changed.</returns>
    public VolatilityModel? RefitVolatility(TrainingData data) => volatility.Run(data.Histories, data.Plan.Through);

    private static TrainingState Resume(string file, TrainingGroup group)
    {
        using var stream = RegularFile.OpenRead(file);
        return TrainingFile.Read(stream, file, group.Digest, group.Plan.Options.Adam);
    }
}

/// <summary>The histories that a network is trained on, and the plan.</summary>
internal sealed record TrainingData(IReadOnlyList<LabelledHistory> Histories, TrainingPlan Plan);

/// <summary>A trained network, and the calibration and scores of each symbol.</summary>
/// <param name="Data">The data it was trained on.</param>
/// <param name="Weights">The network of the best epoch.</param>
/// <param name="Best">The best epoch.</param>
/// <param name="Symbols">Calibrations and scores.</param>
/// <param name="At">When the training ended.</param>
internal sealed record TrainedNetwork(TrainingData Data, CryptoLstmWeights Weights, EpochReport Best, IReadOnlyList<TrainedSymbol> Symbols, DateTimeOffset At)
{
    /// <summary>The same network for other symbols; null where it was trained on one symbol.</summary>
    public TrainedSymbol? Pooled { get; init; }

    /// <summary>All symbols, and <see cref="Pooled"/>.</summary>
    public IEnumerable<TrainedSymbol> All => Pooled is null ? Symbols : Symbols.Append(Pooled);
}

/// <summary>Where a running training is saved, and the methods that it calls.</summary>
/// <param name="Started">Called before the first epoch.</param>
internal sealed record TrainingCallbacks(Action<TrainingGroup, TrainingState> Started)
{
    /// <summary>The name under which each finished epoch is saved; null: it is not saved.</summary>
    public string? SavedAs { get; init; }

    /// <summary>Whether to continue the saved training.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Called for every finished epoch, after it is saved.</summary>
    public Action<EpochReport>? EpochEnded { get; init; }

    /// <summary>Called for every batch.</summary>
    public Action<TrainingStep>? Advanced { get; init; }
}
