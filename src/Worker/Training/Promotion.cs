using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Hosting.Logging;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Promotes newly trained networks: all of a training or none, where <see cref="PromotionGate"/> finds them better than what serves. A symbol without a
/// serving model that can be compared gets the new network in any case, and what was trained on synthetic prices replaces nothing. The replaced
/// checkpoint stays as a version; a network that is not promoted stays as the candidate.
/// </summary>
/// <remarks>
/// Each file is replaced atomically, but not all files at once. So the results of all symbols are written first: where a process is killed in between,
/// the next training, or the next start of a trainer, promotes the rest.
/// </remarks>
internal sealed partial class Promotion(
    CheckpointFolder folder, ModelReader reader, IOptions<RetrainingOptions> options, ILogger<Promotion> logger)
{
    /// <summary>Compares and promotes. The caller holds the locks of all symbols.</summary>
    /// <param name="candidates">The new networks of one training.</param>
    /// <param name="plan">How they were trained.</param>
    /// <param name="at">When the training ended.</param>
    /// <param name="force">Whether to promote without regard to the comparison, except what is the same as what serves.</param>
    /// <returns>One decision for each candidate, in order.</returns>
    public IReadOnlyList<PromotionDecision> Run(IReadOnlyList<PromotionCandidate> candidates, TrainingPlan plan, DateTimeOffset at, bool force)
    {
        var gate = new PromotionGate(plan);
        Verdict[] verdicts = [.. candidates.Select(candidate => Judge(candidate, gate))];
        var evidence = gate.Decide();
        PromotionDecision[] decisions = [.. verdicts.Select(verdict => Decide(verdict, verdict.Kind == Kind.Compared ? evidence : null, force))];
        return [.. decisions.Zip(verdicts).Select(pair => Record(pair.First, pair.Second.Digest, at)).ToArray().Select(Promote)];
    }

    /// <summary>Promotes the symbol's candidate where that was decided, but its process ended before. The caller holds the symbol's lock.</summary>
    /// <returns>Whether it has a new model.</returns>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public bool Complete(string symbol)
    {
        if (!folder.IsPromotionInterrupted(symbol))
        {
            return false;
        }

        folder.Promote(symbol, options.Value.KeepVersions);
        LogCompleted(symbol);
        return true;
    }

    /// <summary><see cref="Complete"/> for all of the symbols that nobody trains now.</summary>
    public void CompleteAll(IEnumerable<string> symbols)
    {
        foreach (var symbol in symbols)
        {
            try
            {
                using var held = folder.TryLock(symbol);
                if (held is not null)
                {
                    Complete(symbol);
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                LogNotCompleted(fault, symbol);
            }
        }
    }

    private Verdict Judge(PromotionCandidate candidate, PromotionGate gate)
    {
        var symbol = candidate.Symbol;
        try
        {
            Complete(symbol);
            folder.WriteCandidate(symbol, candidate.Checkpoint);
            var mine = reader.Read(folder.CandidateOf(symbol));
            return Judge(candidate, mine, gate) with { Digest = mine.Digest };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CheckpointException)
        {
            return new(symbol, Kind.Failed, fault.Message) { Fault = fault };
        }
    }

    private Verdict Judge(PromotionCandidate candidate, LoadedModel mine, PromotionGate gate)
    {
        var symbol = candidate.Symbol;
        var best = folder.BestOf(symbol);
        if (!File.Exists(best))
        {
            return new(symbol, Kind.Promoted, "nothing serves it");
        }

        try
        {
            var serving = reader.Read(best);
            if (serving.Digest == mine.Digest)
            {
                return new(symbol, Kind.Same, "the new one is the same");
            }

            if (candidate.Histories.Any(history => history.Series.IsSynthetic))
            {
                return new(symbol, Kind.Kept, "the prices are synthetic");
            }

            if (Pools(mine) < Pools(serving))
            {
                return new(symbol, Kind.Kept, $"it was trained on {Pools(mine)} symbols, and what serves on {Pools(serving)}");
            }

            if (serving.Metadata.LastSeen is not { } seen)
            {
                return new(symbol, Kind.Promoted, "what serves it does not say what it was trained on");
            }

            string?[] reasons = [.. candidate.Histories.Select(history => gate.Add(mine, serving, seen, history))];
            return reasons.Contains(null) ? new(symbol, Kind.Compared, "") : new(symbol, Kind.Kept, reasons[0]!);
        }
        catch (CheckpointException fault) when (fault.File == best || fault.File == Path.GetFileNameWithoutExtension(best))
        {
            return new(symbol, Kind.Promoted, $"what serves it cannot be used: {fault.Message}");
        }
    }

    private static int Pools(LoadedModel model) => model.Metadata.Symbols?.Split(' ').Length ?? 0;

    private static PromotionDecision Decide(Verdict verdict, GateDecision? evidence, bool force)
    {
        var (isPromoted, why) = evidence is null ? (verdict.Kind == Kind.Promoted, verdict.Why) : (evidence.IsBetter, evidence.Why);
        var mayBeForced = !isPromoted && verdict.Kind is Kind.Compared or Kind.Kept;
        return new(verdict.Symbol, isPromoted || (force && mayBeForced), force && mayBeForced ? $"it was forced, though {why}" : why)
        {
            MayBeForced = mayBeForced && !force,
            Evidence = evidence,
            Fault = verdict.Fault,
        };
    }

    private PromotionDecision Record(PromotionDecision decision, string digest, DateTimeOffset at)
    {
        if (decision.Fault is not null)
        {
            return decision;
        }

        var gain = decision.Evidence?.Gain;
        try
        {
            var why = ServerPaths.Hide(decision.Why);
            folder.WriteResult(decision.Symbol, new(at, decision.IsPromoted ? TrainingResult.Promoted : TrainingResult.Kept, why, digest)
            {
                Gain = gain?.Mean,
                GainLow = gain?.Lower,
                GainHigh = gain?.Upper,
                Days = decision.Evidence?.Days,
                Symbols = decision.Evidence?.Symbols,
            });
            return decision;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return decision with { IsPromoted = false, Fault = fault };
        }
    }

    private PromotionDecision Promote(PromotionDecision decision)
    {
        if (!decision.IsPromoted)
        {
            return decision;
        }

        try
        {
            folder.Promote(decision.Symbol, options.Value.KeepVersions);
            return decision;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return decision with { IsPromoted = false, Fault = fault };
        }
    }

    private enum Kind
    {
        Promoted,
        Kept,
        Same,
        Compared,
        Failed,
    }

    private sealed record Verdict(string Symbol, Kind Kind, string Why)
    {
        public string Digest { get; init; } = "";

        public Exception? Fault { get; init; }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Symbol} has a new model: its promotion had been interrupted")]
    private partial void LogCompleted(string symbol);

    [LoggerMessage(Level = LogLevel.Error, Message = "The interrupted promotion of {Symbol} could not be completed; the next training tries again")]
    private partial void LogNotCompleted(Exception fault, string symbol);
}

/// <summary>A symbol's newly trained network, or the pooled one.</summary>
/// <param name="Symbol">The canonical symbol, or <see cref="CheckpointFolder.Pooled"/>.</param>
/// <param name="Checkpoint">Its file.</param>
/// <param name="Histories">The bars that it is compared on, up to the plan's last day.</param>
internal sealed record PromotionCandidate(string Symbol, byte[] Checkpoint, IReadOnlyList<LabelledHistory> Histories);

/// <summary>Whether a new network was promoted, and why or why not.</summary>
internal sealed record PromotionDecision(string Symbol, bool IsPromoted, string Why)
{
    /// <summary>Whether it is a different network that only the comparison kept from being promoted.</summary>
    public bool MayBeForced { get; init; }

    /// <summary>The comparison, where there was one.</summary>
    public GateDecision? Evidence { get; init; }

    /// <summary>What kept the decision from being made or carried out.</summary>
    public Exception? Fault { get; init; }
}
