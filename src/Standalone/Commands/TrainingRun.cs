using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Retraining;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>
/// Trains symbols together, or one after the other. Beside the checkpoints lies, while a training is under way, <c>{SYMBOL}.training</c> or <c>pooled.training</c> of its last finished epoch.
/// Files appear whole or not at all.
/// </summary>
internal sealed class TrainingRun(TrainingHistories prices, SymbolCatalog catalog, TimeProvider time, CheckpointShelf shelf, string folder, TrainProgress progress)
{
    /// <summary>What to train and how; the plan's last day is filled in from the bars where it is not given.</summary>
    internal sealed record Settings(IReadOnlyList<string> Symbols, DateOnly? Through, bool Separate, bool Resume, TrainingPlan Plan);

    /// <summary>False where a symbol could not be trained; it is reported, the others are trained.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the best networks so far are written.</exception>
    public async Task<bool> RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        var (histories, complete) = await ReadAsync(settings, cancellationToken);
        if (histories.Count == 0)
            return false;
        var plan = settings.Plan with { Through = settings.Through ?? histories.Max(history => history.Series.Bars.Span[^1].Day) };
        if (!settings.Separate)
        {
            // One that is too young is not to keep the others from being trained.
            histories = TrainingGroup.Usable(histories, plan, reason =>
            {
                progress.Failed(reason);
                complete = false;
            });
            if (histories.Count == 0)
                return false;
        }

        var groups = settings.Separate ? histories.ConvertAll(history => new[] { history }) : [[.. histories]];
        await progress.ShowAsync(groups.Count, plan.Options.Epochs, () =>
        {
            foreach (var group in groups)
            {
                var name = group is [var only] ? only.Series.Symbol : "pooled";
                try
                {
                    complete &= Train(name, new TrainingGroup(group, plan), settings.Resume, cancellationToken);
                }
                catch (Exception fault) when (fault is TrainingDataException or TrainingDivergedException or CheckpointException)
                {
                    progress.Failed(fault is TrainingDivergedException ? $"{name}: {fault.Message}" : fault.Message);
                    complete = false;
                }

                cancellationToken.ThrowIfCancellationRequested();
            }
        });
        return complete;
    }

    private async Task<(List<LabelledHistory> Histories, bool Complete)> ReadAsync(Settings settings, CancellationToken cancellationToken)
    {
        var complete = true;
        var isNamed = settings.Symbols.Count > 0;
        var histories = await prices.ReadAsync(isNamed ? settings.Symbols : catalog.Supported, settings.Through ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), (reason, isFault) =>
        {
            progress.Failed(reason);
            complete &= !isFault && !isNamed;
        }, cancellationToken);
        return (histories, complete);
    }

    private bool Train(string name, TrainingGroup group, bool resume, CancellationToken cancellationToken)
    {
        var file = Path.Join(folder, $"{name}.training");
        var options = group.Plan.Options;
        var state = resume && File.Exists(file) ? Read(file, group) : group.Begin();
        progress.Start(name, group, state);
        Trainer.Train(state, group.Training, group.Validation, options, epoch =>
        {
            WholeFile.Write(file, TrainingFile.Write(state, group.Digest));
            progress.Finished(name, epoch);
        }, progress.Advance, cancellationToken);
        if (state.BestEpoch is not { } best)
            return true;

        var now = time.GetUtcNow();
        var network = state.Best.ToWeights();
        var isWritten = true;
        foreach (var symbol in group.Finish(network))
        {
            using var held = shelf.TryLock(symbol.Symbol);
            if (held is null)
            {
                progress.Failed($"{symbol.Symbol}: another training is at it; --resume writes this one when that has ended");
                isWritten = false;
                continue;
            }

            WholeFile.Write(shelf.BestOf(symbol.Symbol), TrainedCheckpoint.Write(network, best, symbol, group.Plan, now));
            progress.Trained(symbol, best);
        }

        if (isWritten && state.IsOver(options))
            File.Delete(file);
        return isWritten;
    }

    private static TrainingState Read(string file, TrainingGroup group)
    {
        using var stream = File.OpenRead(file);
        return TrainingFile.Read(stream, file, group.Digest, group.Plan.Options.Adam);
    }
}
