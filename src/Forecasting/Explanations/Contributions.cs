using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Explanations;

/// <summary>What each feature adds to a probability, compared with a window in which every feature has its mean in all steps.</summary>
/// <param name="Method"><c>shapley</c> where every combination of features was tried, <c>sampled_shapley</c> where only some orders were.</param>
/// <param name="Baseline">The probability where every feature stays at its mean, 0..1.</param>
/// <param name="Probability">The probability explained, 0..1.</param>
/// <param name="ByFeature">[20], in the order of <see cref="FeatureNames"/>; with <paramref name="Baseline"/> they add up to <paramref
/// name="Probability"/>. 0 for a feature that did not change.</param>
public sealed record Contributions(string Method, double Baseline, double Probability, IReadOnlyList<double> ByFeature)
{
    /// <summary>The features, the largest contributions first.</summary>
    public IEnumerable<(string Feature, double Value)> Largest(int count) =>
        ByFeature.Select((value, feature) => (Feature: FeatureNames.All[feature], Value: value)).OrderByDescending(part => Math.Abs(part.Value)).Take(count);
}
