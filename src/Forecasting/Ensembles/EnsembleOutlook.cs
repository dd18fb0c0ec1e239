using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Ensembles;

/// <summary>What an ensemble expects.</summary>
/// <param name="Outlook">Combined and unrounded. After a vote, direction and confidence are the vote's and need not be those of the probabilities.</param>
/// <param name="Metadata">How it came about.</param>
public sealed record EnsembleOutlook(Outlook Outlook, EnsembleSummary Metadata);

/// <summary>
/// How an ensemble came to its outlook, as answers give it: confidences with 3 decimals, weights and probabilities with 6.
/// Lists are in the order of the members used.
/// </summary>
/// <param name="Method">The method used; <see cref="EnsembleMethod.SingleModel"/> where one member was left.</param>
/// <param name="ModelNames">[models]</param>
/// <param name="Weights">[models], summing to 1: what each member's probabilities count in the combined ones.</param>
/// <param name="IndividualConfidences">[models]</param>
/// <param name="CombinedProbabilities">[3]: bearish, neutral, bullish; the members' probabilities by their weights.</param>
/// <param name="Vote">The vote; majority voting only.</param>
/// <param name="Selection">The member chosen; maximum confidence only.</param>
public sealed record EnsembleSummary(
    EnsembleMethod Method, IReadOnlyList<string> ModelNames, IReadOnlyList<double> Weights,
    IReadOnlyList<double> IndividualConfidences, IReadOnlyList<double> CombinedProbabilities,
    EnsembleVote? Vote = null, EnsembleSelection? Selection = null)
{
    /// <summary>How many members were combined; weak ones that were dropped do not count.</summary>
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
