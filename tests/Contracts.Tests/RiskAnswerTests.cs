namespace Coinsphere.Messaging.Contracts.Tests;

public class RiskAnswerTests
{
    private static readonly RiskFactor Factor = new(0.1, 20, "low");

    private static readonly RiskAnswer Answer = new(
        "BTC", 20, "low", new(Factor, Factor, Factor, Factor), [], DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, new(2025, 10, 11), "csv")
    {
        Forecast = new(0.1, 0.2, 0.111393, 0.168667, 0.3, 50),
    };

    [Theory]
    [InlineData(0.25, 0.027848, 0.042167)]
    [InlineData(1, 0.111393, 0.168667)]
    [InlineData(0, 0, 0)]
    [InlineData(1e-300, 0, 0)]
    public void ShareOfAPortfolio_MayLoseItsShareOfTheLoss(double allocation, double valueAtRisk, double shortfall) =>
        Assert.Equal(new PortfolioLoss(valueAtRisk, shortfall), Answer.For(allocation).Portfolio);

    [Fact]
    public void NoShare_OrNoForecast_AddsNothing()
    {
        Assert.Same(Answer, Answer.For(null));
        Assert.Null((Answer with { Forecast = null }).For(0.5).Portfolio);
    }
}
