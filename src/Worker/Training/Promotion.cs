using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Promotes a newly trained network where its Brier score over the newest days, which neither network was trained on, is not higher than that of the
/// serving one. What was trained on synthetic prices replaces nothing. The replaced checkpoint stays as a version; a network that is not promoted
/// stays as the candidate.
/// </summary>
internal sealed class Promotion(CheckpointFolder folder, ModelReader reader, IOptions<RetrainingOptions> options)
{
    // Two weeks of forecasts whose horizon has closed. Fewer are not enough to compare.
    private const int FewestForecasts = 14;

    /// <summary>Compares and promotes. The caller holds the symbol's lock.</summary>
    /// <param name="symbol">The canonical symbol.</param>
    /// <param name="checkpoint">The new network's file.</param>
    /// <param name="history">The symbol's bars, up to the plan's last day.</param>
    /// <param name="plan">How it was trained.</param>
    /// <param name="force">Whether to promote it without regard to the comparison, unless it is the same network.</param>
    /// <exception cref="CheckpointException">The new network's probabilities are not valid.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public PromotionDecision Run(string symbol, byte[] checkpoint, LabelledHistory history, TrainingPlan plan, bool force)
    {
        folder.WriteCandidate(symbol, checkpoint);
        var decision = Decide(symbol, history, plan, force);
        if (decision.IsPromoted)
        {
            folder.Promote(symbol, options.Value.KeepVersions);
        }

        return decision;
    }

    private PromotionDecision Decide(string symbol, LabelledHistory history, TrainingPlan plan, bool force)
    {
        var candidate = reader.Read(folder.CandidateOf(symbol));
        var best = folder.BestOf(symbol);
        if (!File.Exists(best))
        {
            return new(true, "nothing serves it");
        }

        try
        {
            var serving = reader.Read(best);
            if (serving.Digest == candidate.Digest)
            {
                return new(false, "the new one is the same");
            }

            var (isPromoted, why) = history.Series.IsSynthetic
                ? new(false, "the prices are synthetic")
                : Compare(candidate, serving, history, plan);
            return force && !isPromoted ? new(true, $"it was forced, though {why}") : new(isPromoted, why) { MayBeForced = !isPromoted };
        }
        catch (CheckpointException fault) when (fault.File == best || fault.File == Path.GetFileNameWithoutExtension(best))
        {
            return new(true, $"what serves it cannot be used: {fault.Message}");
        }
    }

    private static PromotionDecision Compare(LoadedModel candidate, LoadedModel serving, LabelledHistory history, TrainingPlan plan)
    {
        if (serving.Metadata.LastSeen is not { } seen)
        {
            return new(true, "what serves it does not say what it was trained on");
        }

        var from = seen > plan.ValidationEnd ? seen : plan.ValidationEnd;
        var days = new List<(DateOnly Day, float[] Now, float[] Then)>();
        for (var day = from.AddDays(1); day <= plan.Through; day = day.AddDays(1))
        {
            if (candidate.RunOn(history.Features, day) is { } now && serving.RunOn(history.Features, day) is { } then)
            {
                days.Add((day, now, then));
            }
        }

        var (mine, theirs, count) = (0.0, 0.0, 0);
        foreach (var horizon in Horizons.All)
        {
            var known = days.Where(day => day.Day <= plan.Through.AddDays(-horizon))
                .Select(day => (day.Now, day.Then, Outcome: history.OutcomeOf(day.Day, horizon)))
                .Where(day => day.Outcome is not null)
                .ToList();
            if (known.Count < FewestForecasts)
            {
                continue;
            }

            var outcomes = known.ConvertAll(day => day.Outcome!.Value);
            mine += Brier(candidate, known.Select(day => day.Now));
            theirs += Brier(serving, known.Select(day => day.Then));
            count++;

            double Brier(LoadedModel model, IEnumerable<float[]> forecasts) =>
                ForecastScore.Of([.. forecasts.Select(probabilities => model.OutlookOf(probabilities, horizon).Probabilities.ToArray())], outcomes).Brier;
        }

        return count == 0
            ? new(false, FormattableString.Invariant(
                $"there are not {FewestForecasts} days after {from:yyyy-MM-dd} up to {plan.Through:yyyy-MM-dd} that both models know nothing of"))
            : new(mine <= theirs, FormattableString.Invariant(
                $"mean Brier score {mine / count:F4} over {count} horizons after {from:yyyy-MM-dd}, of what serves {theirs / count:F4}"));
    }
}

/// <summary>Whether a new network was promoted, and why or why not.</summary>
internal readonly record struct PromotionDecision(bool IsPromoted, string Why)
{
    /// <summary>Whether it is a different network that only the comparison kept from being promoted.</summary>
    public bool MayBeForced { get; init; }
}
