using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>Answers that were asked to explain themselves.</summary>
public sealed class ContributionTests
{
    [Theory]
    [InlineData(Golden.Alpha, "7d")]
    [InlineData(Golden.Charlie, "30d")]
    public async Task Contributions_AddUpToTheConfidence_AndTheExplanationNamesTheLargest(string name, string timeframe)
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(name));
        var plain = await worker.PredictAsync(name, timeframe);

        var answer = (await worker.AskAsync(new PredictRequested(name, timeframe) { Explain = true })).Answer!;

        var contributions = answer.Contributions!;
        Assert.Equal(answer.Prediction.Direction, contributions.Direction);
        Assert.Equal(answer.Prediction.ConfidenceScore, contributions.Probability, 0.000501);
        Assert.Equal(contributions.Probability - contributions.Baseline, contributions.Features.Sum(part => part.Contribution), 1e-3);
        Assert.Equal(FeatureNames.All.Order(), contributions.Features.Select(part => part.Feature).Order());
        Assert.Equal(
            contributions.Features.Select(part => part.Feature),
            contributions.Features.OrderByDescending(part => Math.Abs(part.Contribution)).Select(part => part.Feature));
        var named = answer.Explanation
            .IndexOf("What moved the confidence most, in percentage points: " + contributions.Features[0].Feature, StringComparison.Ordinal);
        Assert.InRange(named, 1, answer.Explanation.IndexOf("Monitor closely", StringComparison.Ordinal));
        Assert.All(contributions.Features.Take(5), part => Assert.Contains($" {part.Feature} ", answer.Explanation, StringComparison.Ordinal));
        // The same prediction, told with and without.
        Assert.Equal(plain.PredictionId, answer.PredictionId);
        Assert.Equivalent(plain.Prediction, answer.Prediction, strict: true);
        Assert.Null((await worker.PredictAsync(name, timeframe)).Contributions);
    }
}
