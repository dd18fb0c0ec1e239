using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Trains a network on all supported symbols, and promotes it where <see cref="Promotion"/> decides so; where several symbols are asked for, also as the
/// pooled network. Among all trainers of a folder, one at a time trains a symbol.
/// </summary>
internal sealed partial class Retrainer(
    NetworkTraining training, Promotion promotion, CheckpointFolder folder, SymbolCatalog catalog, IOptions<RetrainingOptions> options, TimeProvider time,
    ILogger<Retrainer> logger)
{
    /// <summary>Trains and compares.</summary>
    /// <param name="symbols">Canonical symbols.</param>
    /// <param name="notIfTrainedSince">A symbol that was trained since then is skipped; null: none is.</param>
    /// <param name="cancellationToken">Cancels the training; nothing is changed then.</param>
    /// <returns>The symbols with a new serving model.</returns>
    /// <exception cref="TrainingDivergedException">The loss is not a finite number.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<string> symbols, DateTimeOffset? notIfTrainedSince, CancellationToken cancellationToken)
    {
        var locks = new Dictionary<string, FileStream>(StringComparer.Ordinal);
        var promoted = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var symbol in symbols.Count > 1 ? [.. symbols, CheckpointFolder.Pooled] : symbols)
            {
                if (folder.OnnxOf(symbol) is { } own)
                {
                    LogOwn(symbol, own);
                    continue;
                }

                if (folder.TryLock(symbol) is not { } held)
                {
                    LogSkipped(symbol, "it is being trained already");
                    continue;
                }

                locks.Add(symbol, held);
                if (promotion.Complete(symbol))
                {
                    promoted.Add(symbol);
                }

                if (notIfTrainedSince is { } since && TrainedAt(symbol) is { } at && at >= since)
                {
                    LogSkipped(symbol, "it was trained meanwhile");
                    locks.Remove(symbol);
                    await held.DisposeAsync();
                }
            }

            if (locks.Count > 0)
            {
                promoted.UnionWith(await TrainAsync(locks.Keys.ToHashSet(StringComparer.Ordinal), cancellationToken));
            }

            if (promoted.Remove(CheckpointFolder.Pooled))
            {
                promoted.UnionWith(catalog.Supported.Where(symbol => !File.Exists(folder.BestOf(symbol))));
            }

            return [.. promoted];
        }
        finally
        {
            foreach (var held in locks.Values)
            {
                await held.DisposeAsync();
            }
        }
    }

    private async Task<List<string>> TrainAsync(HashSet<string> symbols, CancellationToken cancellationToken)
    {
        var data = await training.ReadAsync(
            catalog.Supported.Union(symbols.Where(symbol => symbol != CheckpointFolder.Pooled), StringComparer.Ordinal), time.LastClosedDay(),
            PlanFor, isPooled: true, (reason, _) => LogLeftOut(reason), LogLeftOut,
            cancellationToken);
        if (data is null || !data.Histories.Any(history => symbols.Contains(history.Series.Symbol)))
        {
            return [];
        }

        var callbacks = new TrainingCallbacks((group, _) => LogTraining(data.Histories.Count, group.Training.Count, group.Plan.TrainingEnd));
        // Training must not block the thread that the message came on.
        var trained = await Task.Run(() => training.Train(data, callbacks, cancellationToken), cancellationToken);
        if (trained is null)
        {
            return [];
        }

        var decisions = training.Promote(trained, trained.All.Where(symbol => symbols.Contains(symbol.Symbol)), force: false);
        foreach (var decision in decisions)
        {
            Report(decision);
        }

        training.RefitVolatility(data);

        return [.. decisions.Where(decision => decision.IsPromoted).Select(decision => decision.Symbol)];
    }

    private TrainingPlan PlanFor(DateOnly lastDay)
    {
        var plan = new TrainingPlan { Through = lastDay, TestDays = options.Value.HeldOutDays, ValidationDays = options.Value.ValidationDays };
        return plan with { Options = plan.Options with { Epochs = options.Value.Epochs } };
    }

    private void Report(PromotionDecision decision)
    {
        if (decision.Fault is { } fault)
        {
            // The other symbols have new models, which the workers must be notified of.
            LogFailed(fault, decision.Symbol);
            return;
        }

        Meters.Retrained(decision.Symbol, decision.IsPromoted ? "promoted" : "kept");
        if (decision.IsPromoted)
        {
            LogPromoted(decision.Symbol, decision.Why);
        }
        else
        {
            LogNotPromoted(decision.Symbol, decision.Why);
        }
    }

    // A candidate without a result is of a training that was interrupted before its decision: that symbol is trained again.
    private DateTimeOffset? TrainedAt(string symbol)
    {
        var decided = folder.LastResult(symbol)?.At;
        if (!File.Exists(folder.BestOf(symbol)))
        {
            return decided;
        }

        try
        {
            var at = ModelReader.Facts(folder.BestOf(symbol)).Metadata.TrainedAt;
            return decided is null || at > decided ? at : decided;
        }
        catch (CheckpointException fault)
        {
            LogLeftOut(fault.Message);
            return decided;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Training on {Symbols} symbols, {Windows} windows up to {Day:yyyy-MM-dd}")]
    private partial void LogTraining(int symbols, int windows, DateOnly day);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Symbol} has a new model: {Why}")]
    private partial void LogPromoted(string symbol, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Symbol} keeps its model: {Why}")]
    private partial void LogNotPromoted(string symbol, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Symbol} is not trained: {Why}")]
    private partial void LogSkipped(string symbol, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Symbol} is not trained: {File} exists: a training does not replace an ONNX model")]
    private partial void LogOwn(string symbol, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new model of {Symbol} could not be promoted")]
    private partial void LogFailed(Exception fault, string symbol);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Left out of training: {Reason}")]
    private partial void LogLeftOut(string reason);
}
