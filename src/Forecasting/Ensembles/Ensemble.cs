using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Ensembles;

/// <summary>Combines the outlooks of several models of one symbol.</summary>
public static class Ensemble
{
    /// <summary>
    /// Combines the members whose confidence is at least <paramref name="minConfidence"/>, or all where no member reaches it. The combined
    /// probabilities are always the members' weighted mean. The weights are the normalised accuracies for a weighted average, equal for a vote, and
    /// for the maximum confidence 1 for the chosen member and 0 for the others.
    /// </summary>
    /// <param name="members">At least one; of equally good members the first wins.</param>
    /// <param name="method">How to combine them.</param>
    /// <param name="minConfidence">0..1</param>
    /// <exception cref="ArgumentException">There are no members.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The method cannot be requested.</exception>
    public static EnsembleOutlook Combine(IReadOnlyList<EnsembleMember> members, EnsembleMethod method, double minConfidence)
    {
        if (members.Count == 0)
        {
            throw new ArgumentException("Expected at least one member, got none.", nameof(members));
        }

        var strong = members.Where(member => member.Outlook.ConfidenceScore >= minConfidence).ToArray();
        var used = strong.Length > 0 ? strong : members;
        return method switch
        {
            EnsembleMethod.WeightedAverage or EnsembleMethod.MajorityVoting or EnsembleMethod.MaxConfidence when used.Count == 1 =>
                new EnsembleOutlook(used[0].Outlook, Describe(EnsembleMethod.SingleModel, used, [1], used[0].Outlook)),
            EnsembleMethod.WeightedAverage => Average(used),
            EnsembleMethod.MajorityVoting => Vote(used),
            EnsembleMethod.MaxConfidence => Select(used),
            _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Expected weighted average, majority voting or maximum confidence."),
        };
    }

    private static EnsembleOutlook Average(IReadOnlyList<EnsembleMember> members)
    {
        var weights = AccuracyWeights(members);
        var outlook = Outlook.Of(Mix(members, weights)) with { FromFrequencies = members.All(member => member.Outlook.FromFrequencies) };
        return new EnsembleOutlook(outlook, Describe(EnsembleMethod.WeightedAverage, members, weights, outlook));
    }

    /// <summary>The direction with the most votes. Of equal ones the more confident wins, then the one that an earlier member voted for.</summary>
    private static EnsembleOutlook Vote(IReadOnlyList<EnsembleMember> members)
    {
        // GroupBy keeps the order of first appearance, MaxBy takes the first of equals.
        var winner = members.GroupBy(member => member.Outlook.Direction)
            .Select(votes => (Direction: votes.Key, Count: votes.Count(), Confidence: votes.Average(member => member.Outlook.ConfidenceScore)))
            .MaxBy(party => (party.Count, party.Confidence));
        var share = (double)winner.Count / members.Count;
        var counts = new int[Classes.Count];
        foreach (var member in members)
        {
            counts[(int)member.Outlook.Direction]++;
        }

        var weights = EqualWeights(members.Count);
        var outlook = new Outlook(Mix(members, weights), winner.Direction, share * winner.Confidence);
        var vote = new EnsembleVote(counts, Rounding.Decimals(share, 3), [.. members.Select(member => member.Outlook.Direction)]);
        return new EnsembleOutlook(outlook, Describe(EnsembleMethod.MajorityVoting, members, weights, outlook) with { Vote = vote });
    }

    private static EnsembleOutlook Select(IReadOnlyList<EnsembleMember> members)
    {
        var selected = members.MaxBy(member => member.Outlook.ConfidenceScore)!;
        double[] weights = [.. members.Select(member => ReferenceEquals(member, selected) ? 1.0 : 0.0)];
        var metadata = Describe(EnsembleMethod.MaxConfidence, members, weights, selected.Outlook);
        var selection = new EnsembleSelection(selected.Name, Rounding.Decimals(selected.Outlook.ConfidenceScore, 3), metadata.IndividualConfidences);
        return new EnsembleOutlook(selected.Outlook, metadata with { Selection = selection });
    }

    /// <summary>
    /// Each accuracy divided by their sum. A member without a usable accuracy (0..1) gets the mean of the others, so that it is neither ignored nor
    /// preferred. Where no accuracy is usable, all weights are equal.
    /// </summary>
    private static double[] AccuracyWeights(IReadOnlyList<EnsembleMember> members)
    {
        var known = members.Where(HasAccuracy).Select(member => member.Accuracy!.Value).ToArray();
        if (known.Sum() == 0)
        {
            return EqualWeights(members.Count);
        }

        var mean = known.Average();
        double[] accuracies = [.. members.Select(member => HasAccuracy(member) ? member.Accuracy!.Value : mean)];
        var sum = accuracies.Sum();
        return [.. accuracies.Select(accuracy => accuracy / sum)];

        static bool HasAccuracy(EnsembleMember member) => member.Accuracy is >= 0 and <= 1;
    }

    private static double[] EqualWeights(int count) => [.. Enumerable.Repeat(1.0 / count, count)];

    private static double[] Mix(IReadOnlyList<EnsembleMember> members, double[] weights)
    {
        var mixed = new double[Classes.Count];
        for (var i = 0; i < members.Count; i++)
        {
            for (var c = 0; c < mixed.Length; c++)
            {
                mixed[c] += weights[i] * members[i].Outlook.Probabilities[c];
            }
        }

        return mixed;
    }

    private static EnsembleSummary Describe(EnsembleMethod method, IReadOnlyList<EnsembleMember> members, double[] weights, Outlook outlook) => new(
        method,
        [.. members.Select(member => member.Name)],
        [.. weights.Select(weight => Rounding.Decimals(weight, 6))],
        [.. members.Select(member => Rounding.Decimals(member.Outlook.ConfidenceScore, 3))],
        [.. members.Select(member => member.Outlook.Direction)],
        [.. outlook.Probabilities.Select(probability => Rounding.Decimals(probability, 6))]);
}
