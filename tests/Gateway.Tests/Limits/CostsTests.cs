using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Limits;

namespace Coinsphere.Messaging.Gateway.Tests.Limits;

public class CostsTests
{
    [Fact]
    public void WorkOfAMessage_GrowsWithWhatIsComputed()
    {
        int[] costs =
        [
            Costs.Hit,
            Costs.Of(new ModelsRequested(["BTC"])),
            Costs.Of(new PredictRequested("BTC")),
            Costs.Of(new EnsemblePredictRequested("BTC")),
            Costs.Of(new PredictRequested("BTC") { Explain = true }),
            Costs.Of(new BacktestRequested("BTC")),
        ];
        Assert.Equal(costs.Order().Distinct(), costs);
        Assert.Equal(Costs.Of(new PredictRequested("BTC")), Costs.Of(new RiskRequested("BTC")));
        Assert.Equal(3 * Costs.Computation, Costs.Of(new PortfolioRiskRequested([new("A", 1), new("B", 1), new("C", 1)])));
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData("2024-01-01", "2024-12-31", 1)]
    [InlineData("2022-01-01", "2024-12-31", 3)]
    [InlineData("2024-01-01", null, RequestRules.MaxBacktestYears)]
    [InlineData("no day", "2024-12-31", 1)]
    public void Backtest_CostsByYear(string? from, string? to, int years) =>
        Assert.Equal(years * Costs.BacktestYear, Costs.Of(new BacktestRequested("BTC") { From = from, To = to }));
}
