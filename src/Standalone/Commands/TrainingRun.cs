using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.Models;
using Coinsphere.Messaging.Worker.Training;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>
/// Trains symbols together, or one after the other, and promotes the new networks where <see cref="Promotion"/> decides so. During a training its
/// last finished epoch is saved beside the checkpoints, to continue from.
/// </summary>
internal sealed class TrainingRun(
    TrainingHistories prices,
    SymbolCatalog catalog,
    TimeProvider time,
    CheckpointFolder folder,
    Promotion promotion,
    TrainProgress progress)
{
    /// <summary>The symbols and the options; without a given last day, the plan uses the last bar's.</summary>
    internal sealed record Settings(IReadOnlyList<string> Symbols, DateOnly? Through, bool Separate, bool Resume, bool Force, TrainingPlan Plan);

    /// <summary>Trains. False where a symbol could not be trained; it is reported, and the others are trained.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; an unfinished training replaced no model.</exception>
    public async Task<bool> RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        var (histories, complete) = await ReadAsync(settings, cancellationToken);
        if (histories.Count == 0)
        {
            return false;
        }

        var plan = settings.Plan with { Through = settings.Through ?? histories.Max(history => history.Series.Bars.Span[^1].Day) };
        if (!settings.Separate)
        {
            // A symbol with too few bars must not stop the others from being trained.
            histories = TrainingGroup.Usable(histories, plan, reason =>
            {
                progress.Failed(reason);
                complete = false;
            });
            if (histories.Count == 0)
            {
                return false;
            }
        }

        var groups = settings.Separate ? histories.ConvertAll(history => new[] { history }) : [[.. histories]];
        await progress.ShowAsync(groups.Count, plan.Options.Epochs, () =>
        {
            foreach (var group in groups)
            {
                var name = group is [var only] ? only.Series.Symbol : "pooled";
                try
                {
                    complete &= Train(name, group, new TrainingGroup(group, plan), settings, cancellationToken);
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
        var symbols = new List<string>();
        foreach (var asked in isNamed ? settings.Symbols : catalog.Supported)
        {
            if (catalog.TryNormalise(asked, out var symbol) && folder.OnnxOf(symbol) is { } own)
            {
                progress.Failed($"{symbol} is left out: {own} exists: a training does not replace an ONNX model");
                complete &= !isNamed;
            }
            else
            {
                symbols.Add(asked);
            }
        }

        var histories = await prices.ReadAsync(symbols, settings.Through ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), (reason, isFault) =>
        {
            progress.Failed(reason);
            complete &= !isFault && !isNamed;
        }, cancellationToken);
        return (histories, complete);
    }

    private bool Train(string name, LabelledHistory[] histories, TrainingGroup group, Settings settings, CancellationToken cancellationToken)
    {
        var file = folder.TrainingOf(name);
        var options = group.Plan.Options;
        var state = settings.Resume && File.Exists(file) ? Read(file, group) : group.Begin();
        progress.Start(name, group, state);
        Trainer.Train(state, group.Training, group.Validation, options, epoch =>
        {
            folder.WriteTraining(name, TrainingFile.Write(state, group.Digest));
            progress.Finished(name, epoch);
        }, progress.Advance, cancellationToken);
        // Only a finished training replaces a model.
        cancellationToken.ThrowIfCancellationRequested();
        if (state.BestEpoch is not { } best)
        {
            return true;
        }

        var now = time.GetUtcNow();
        var network = state.Best.ToWeights();
        var isDone = true;
        foreach (var symbol in group.Finish(network))
        {
            using var held = folder.TryLock(symbol.Symbol);
            if (held is null)
            {
                progress.Failed($"{symbol.Symbol}: another training of it is running; continue with --resume when that has ended");
                isDone = false;
                continue;
            }

            progress.Trained(symbol, best);
            var history = Array.Find(histories, history => history.Series.Symbol == symbol.Symbol)!;
            progress.Decided(
                symbol.Symbol,
                promotion.Run(symbol.Symbol, TrainedCheckpoint.Write(network, best, symbol, group.Plan, now), history, group.Plan, settings.Force));
        }

        if (isDone)
        {
            File.Delete(file);
        }

        return isDone;
    }

    private static TrainingState Read(string file, TrainingGroup group)
    {
        using var stream = RegularFile.OpenRead(file);
        return TrainingFile.Read(stream, file, group.Digest, group.Plan.Options.Adam);
    }
}
