using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Explanations;

/// <summary>What each feature adds to a probability, against a window in which every feature stays at its mean over the window.</summary>
/// <param name="Method"><c>shapley</c> where every combination of features was tried, <c>sampled_shapley</c> where only some orders were.</param>
/// <param name="Baseline">The probability where every feature stays at its mean, 0..1.</param>
/// <param name="Probability">The probability explained, 0..1.</param>
/// <param name="ByFeature">[20], in the order of <see cref="FeatureNames"/>; with <paramref name="Baseline"/> they add up to <paramref name="Probability"/>. 0
/// for a feature that stood still.</param>
public sealed record Contributions(string Method, double Baseline, double Probability, IReadOnlyList<double> ByFeature)
{
    /// <summary>The features by the size of what they add, largest first.</summary>
    public IEnumerable<(string Feature, double Value)> Largest(int count) =>
        ByFeature.Select((value, feature) => (Feature: FeatureNames.All[feature], Value: value)).OrderByDescending(part => Math.Abs(part.Value)).Take(count);
}
