using Coinsphere.Messaging.Forecasting.Answers;

namespace Coinsphere.Messaging.Forecasting.Tests.Answers;

public sealed class OutlookTests
{
    [Theory]
    [InlineData(0.5f, 0.3f, 0.2f, Direction.Bearish)]
    [InlineData(0.2f, 0.5f, 0.3f, Direction.Neutral)]
    [InlineData(0.2f, 0.3f, 0.5f, Direction.Bullish)]
    [InlineData(0.4f, 0.4f, 0.2f, Direction.Bearish)]
    [InlineData(0.2f, 0.4f, 0.4f, Direction.Neutral)]
    public void LargestProbability_Decides_AndTheFirstOfEqualOnes(float bearish, float neutral, float bullish, Direction direction)
    {
        var outlook = Outlook.Of([bearish, neutral, bullish]);

        Assert.Equal(direction, outlook.Direction);
        Assert.Equal(Math.Max(bearish, Math.Max(neutral, bullish)), outlook.ConfidenceScore);
    }

    [Theory]
    [InlineData(0.34, Confidence.Low)]
    [InlineData(0.4999, Confidence.Low)]
    [InlineData(0.5, Confidence.Medium)]
    [InlineData(0.6999, Confidence.Medium)]
    [InlineData(0.7, Confidence.High)]
    [InlineData(1, Confidence.High)]
    public void Confidence_ChangesAtItsThreshold(double score, Confidence confidence) =>
        Assert.Equal(confidence, new Outlook([0, 0, 0], Direction.Neutral, score).Confidence);

    [Fact]
    public void NotThreeFiniteProbabilities_Throws()
    {
        Assert.Throws<ArgumentException>(() => Outlook.Of([0.5f, 0.5f]));
        Assert.Throws<ArgumentException>(() => Outlook.Of([0.5f, float.NaN, 0.5f]));
    }
}
