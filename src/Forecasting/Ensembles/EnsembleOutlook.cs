using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Ensembles;

/// <summary>The outlook of an ensemble.</summary>
/// <param name="Outlook">Combined and unrounded. After a vote, direction and confidence are those of the vote, and may differ from those of the
/// probabilities.</param>
/// <param name="Metadata">How it was combined.</param>
public sealed record EnsembleOutlook(Outlook Outlook, EnsembleSummary Metadata);

/// <summary>
/// How an ensemble was combined, as in answers: confidences with 3 decimals, weights and probabilities with 6. Lists are in the order of the members
/// used.
/// </summary>
/// <param name="Method">The method used; <see cref="EnsembleMethod.SingleModel"/> where only one member remained.</param>
/// <param name="ModelNames">[models]</param>
/// <param name="Weights">[models], summing to 1: the weight of each member's probabilities.</param>
/// <param name="IndividualConfidences">[models]</param>
/// <param name="Directions">[models], what each predicts.</param>
/// <param name="CombinedProbabilities">[3]: bearish, neutral, bullish; the members' probabilities by their weights.</param>
/// <param name="Vote">The vote; majority voting only.</param>
/// <param name="Selection">The member chosen; maximum confidence only.</param>
public sealed record EnsembleSummary(
    EnsembleMethod Method, IReadOnlyList<string> ModelNames, IReadOnlyList<double> Weights,
    IReadOnlyList<double> IndividualConfidences, IReadOnlyList<Direction> Directions, IReadOnlyList<double> CombinedProbabilities,
    EnsembleVote? Vote = null, EnsembleSelection? Selection = null)
{
    /// <summary>The number of combined members, without those that were dropped.</summary>
    public int ModelsUsed => ModelNames.Count;
}

/// <summary>The outcome of a vote.</summary>
/// <param name="Counts">[3]: votes for bearish, neutral, bullish.</param>
/// <param name="Ratio">The winner's share of the votes, 3 decimals.</param>
/// <param name="Directions">[models], each one's vote.</param>
public sealed record EnsembleVote(IReadOnlyList<int> Counts, double Ratio, IReadOnlyList<Direction> Directions);

/// <summary>The member chosen among several.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Confidence">Its confidence.</param>
/// <param name="AllConfidences">[models], each one's confidence.</param>
public sealed record EnsembleSelection(string Model, double Confidence, IReadOnlyList<double> AllConfidences);
