using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Training;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>
/// Trains symbols together, or one after the other, and promotes the new networks where <see cref="Promotion"/> decides so, as the retrainer does. During a
/// training its last finished epoch is saved beside the checkpoints, to continue from.
/// </summary>
internal sealed class TrainingRun(NetworkTraining training, SymbolCatalog catalog, CheckpointFolder folder, TimeProvider time, TrainProgress progress)
{
    private readonly List<PromotionDecision> _promoted = [];
    private bool _isComplete = true;

    /// <summary>The symbols that have a new model.</summary>
    public IReadOnlyList<PromotionDecision> Promoted => _promoted;

    /// <summary>The symbols and the options; without a given last day, the plan uses the last bar's.</summary>
    internal sealed record Settings(IReadOnlyList<string> Symbols, DateOnly? Through, bool Separate, bool Resume, bool Force, TrainingPlan Plan);

    /// <summary>Trains. False where a symbol could not be trained; it is reported, and the others are trained.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; an unfinished training replaced no model.</exception>
    public async Task<bool> RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        var isNamed = settings.Symbols.Count > 0;
        var data = await training.ReadAsync(
            SymbolsOf(settings),
            settings.Through ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime),
            lastDay => settings.Plan with { Through = settings.Through ?? lastDay },
            isPooled: !settings.Separate,
            (reason, isFault) => Fail(reason, isFault || isNamed),
            reason => progress.Failed($"left out of training: {reason}"),
            cancellationToken);
        if (data is null)
        {
            return false;
        }

        var groups = settings.Separate ? data.Histories.Select(history => data with { Histories = [history] }).ToList() : [data];
        await progress.ShowAsync(groups.Count, data.Plan.Options.Epochs, () =>
        {
            foreach (var group in groups)
            {
                var name = group.Histories is [var only] ? only.Series.Symbol : TrainingGroup.PooledName;
                try
                {
                    Train(name, group, settings, cancellationToken);
                }
                catch (Exception fault) when (fault is TrainingDataException or TrainingDivergedException or CheckpointException)
                {
                    Fail(fault is TrainingDivergedException ? $"{name}: {fault.Message}" : fault.Message, isIncomplete: true);
                }

                cancellationToken.ThrowIfCancellationRequested();
            }

            if (training.RefitVolatility(data) is { } volatility)
            {
                progress.Refitted(volatility);
            }
        });
        return _isComplete;
    }

    private List<string> SymbolsOf(Settings settings)
    {
        var isNamed = settings.Symbols.Count > 0;
        var symbols = new List<string>();
        foreach (var asked in isNamed ? settings.Symbols : catalog.Supported)
        {
            if (catalog.TryNormalise(asked, out var symbol) && folder.OnnxOf(symbol) is { } own)
            {
                Fail($"{symbol} is left out: {own} exists: a training does not replace an ONNX model", isNamed);
            }
            else
            {
                symbols.Add(asked);
            }
        }

        return symbols;
    }

    private void Train(string name, TrainingData data, Settings settings, CancellationToken cancellationToken)
    {
        var callbacks = new TrainingCallbacks((group, state) => progress.Start(name, group, state))
        {
            SavedAs = name,
            IsResumed = settings.Resume,
            EpochEnded = epoch => progress.Finished(name, epoch),
            Advanced = progress.Advance,
        };
        if (training.Train(data, callbacks, cancellationToken) is not { } trained)
        {
            return;
        }

        var (isDone, locks) = (true, new List<FileStream>());
        try
        {
            var mine = new List<TrainedSymbol>();
            // A network of chosen symbols is not for all others.
            foreach (var symbol in settings.Symbols.Count > 0 ? trained.Symbols : trained.All)
            {
                if (folder.TryLock(symbol.Symbol) is { } held)
                {
                    locks.Add(held);
                    mine.Add(symbol);
                    progress.Trained(symbol, trained.Best);
                }
                else
                {
                    Fail($"{symbol.Symbol}: another training of it is running; continue with --resume when that has ended", isIncomplete: true);
                    isDone = false;
                }
            }

            foreach (var decision in training.Promote(trained, mine, settings.Force))
            {
                if (decision.Fault is { } fault)
                {
                    Fail($"{decision.Symbol}: {fault.Message}", isIncomplete: true);
                    isDone = false;
                }
                else
                {
                    progress.Decided(decision);
                    if (decision.IsPromoted)
                    {
                        _promoted.Add(decision);
                    }
                }
            }
        }
        finally
        {
            locks.ForEach(held => held.Dispose());
        }

        if (isDone)
        {
            folder.DeleteTraining(name);
        }
    }

    private void Fail(string reason, bool isIncomplete)
    {
        progress.Failed(reason);
        _isComplete &= !isIncomplete;
    }
}
