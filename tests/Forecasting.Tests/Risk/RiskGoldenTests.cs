using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Risk;

namespace Coinsphere.Messaging.Forecasting.Tests.Risk;

public sealed class RiskGoldenTests
{
    [Theory]
    [MemberData(nameof(Golden.Each), MemberType = typeof(Golden))]
    public void GoldenPrices_GiveTheGoldenRisk(string name)
    {
        var expected = Golden.Expected(name).GetProperty("risk");

        var risk = RiskScorer.Score(Golden.Prices(name))!;

        int[] scores = [risk.Volatility.Score, risk.PriceSwings.Score, risk.VolumeVolatility.Score, risk.TrendStrength.Score];
        Assert.Equal(expected.GetProperty("scores").Deserialize<int[]>(), scores);
        Assert.Equal(expected.GetProperty("risk_score").GetInt32(), risk.Score);
        Same("volatility", risk.Volatility.Raw);
        Same("maxSwing", risk.PriceSwings.Raw);
        Same("volumeVolatility", risk.VolumeVolatility.Raw);
        Same("trendSlope", risk.TrendStrength.Raw);

        // Measured: at most 5e-14, on the slope.
        void Same(string property, double actual)
        {
            var value = expected.GetProperty(property).GetDouble();
            Assert.Equal(value, actual, 1e-12 * Math.Abs(value));
        }
    }

    [Fact]
    public void AnswersValues_AreAbsoluteAndRounded()
    {
        var risk = RiskScorer.Score(Golden.Prices("CHARLIE"))!;

        Assert.Equal(0.0636, risk.Volatility.Value);
        Assert.Equal(0.1663, risk.PriceSwings.Value);
        Assert.Equal(1.2033, risk.VolumeVolatility.Value);
        Assert.Equal(0.004828, risk.TrendStrength.Value);
        Assert.True(risk.TrendStrength.Raw < 0);
        Assert.Equal([FactorRisk.Low, FactorRisk.Low, FactorRisk.High, FactorRisk.Low],
            [risk.Volatility.Risk, risk.PriceSwings.Risk, risk.VolumeVolatility.Risk, risk.TrendStrength.Risk]);
        Assert.Equal(RiskLevel.Medium, risk.Level);
        Assert.Equal(["No major risk warnings"], risk.Warnings);
    }
}
