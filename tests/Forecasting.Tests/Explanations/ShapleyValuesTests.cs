using Coinsphere.Messaging.Forecasting.Explanations;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Tests.Explanations;

public sealed class ShapleyValuesTests
{
    private const int Steps = 5;

    // A sum of functions of one feature each: then each feature adds what its own function changes by.
    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(20)]
    public void OfASum_AreItsTerms(int moving)
    {
        var window = Window(moving, seed: 1);

        var contributions = Explain(window, run => run.Select((value, at) => (at % FeatureNames.Count + 1) * Math.Pow(value, 3)).Sum());

        for (var feature = 0; feature < FeatureNames.Count; feature++)
        {
            var course = Enumerable.Range(0, Steps).Select(step => (double)window[(step * FeatureNames.Count) + feature]).ToArray();
            var expected = (feature + 1) * (course.Sum(value => Math.Pow(value, 3)) - (Steps * Math.Pow(course.Average(), 3)));
            Assert.Equal(expected, contributions.ByFeature[feature], 1e-4);
        }
    }

    // Two features that only matter together share what they do; a third takes no part.
    [Fact]
    public void OfAProduct_AreSharedEqually()
    {
        var window = Window(moving: 3, seed: 2);

        var contributions = Explain(window, run => Moves(run, 0) && Moves(run, 1) ? 0.8 : 0.2);

        Assert.Equal((0.2, 0.8, "shapley"), (contributions.Baseline, contributions.Probability, contributions.Method));
        Assert.Equal(0.3, contributions.ByFeature[0], 1e-12);
        Assert.Equal(0.3, contributions.ByFeature[1], 1e-12);
        Assert.Equal(0, contributions.ByFeature[2], 1e-12);
    }

    [Theory]
    [InlineData(0, "shapley")]
    [InlineData(6, "shapley")]
    [InlineData(7, "sampled_shapley")]
    [InlineData(20, "sampled_shapley")]
    public void OfANetwork_AddUpToItsProbability_InBoundedRuns(int moving, string method)
    {
        var network = CryptoLstm.Create(new RandomModel(seed: 3).Weights(12, 8, 8));
        var window = Window(moving, seed: 4);
        var runs = 0;
        var probabilities = new float[3];
        double Probability(float[] run)
        {
            runs++;
            network.Forward(run, probabilities);
            return probabilities[2];
        }

        var contributions = Explain(window, Probability);

        Assert.InRange(runs, 1, ShapleyValues.MaxRuns + 2);
        Assert.Equal(method, contributions.Method);
        Assert.Equal(Probability(window), contributions.Probability);
        Assert.Equal(contributions.Probability, contributions.Baseline + contributions.ByFeature.Sum(), 1e-9);
        Assert.All(contributions.ByFeature.Skip(moving), value => Assert.Equal(0, value));
        Assert.Equal(contributions.ByFeature, Explain(window, Probability).ByFeature);
    }

    [Fact]
    public void WindowOfNoWholeSteps_IsRefused() => Assert.Throws<ArgumentException>(() => Explain(new float[30], _ => 0));

    private static Contributions Explain(float[] window, Func<float[], double> probability) => ShapleyValues.Explain(
        window, (windows, count) => [.. windows.Chunk(windows.Length / count).Select(probability)]);

    // The first features move, all others stand still at a value of their own.
    private static float[] Window(int moving, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Steps * FeatureNames.Count)
            .Select(at => at % FeatureNames.Count < moving ? random.NextSingle() - 0.5f : 0.25f * (at % FeatureNames.Count))];
    }

    private static bool Moves(float[] window, int feature) => window[feature] != window[feature + FeatureNames.Count];
}
