namespace Coinsphere.Messaging.Contracts.Tests;

public class EndpointsTests
{
    [Theory]
    [InlineData(Endpoints.Predict, "exchange:predict")]
    [InlineData(Endpoints.PredictEnsemble, "exchange:predict-ensemble")]
    [InlineData(Endpoints.Risk, "exchange:risk")]
    [InlineData(Endpoints.PortfolioRisk, "exchange:portfolio-risk")]
    [InlineData(Endpoints.Models, "exchange:models")]
    [InlineData(Endpoints.Prices, "exchange:prices")]
    public void Address_IsTheEndpointsExchange(string endpoint, string expected) => Assert.Equal(expected, Endpoints.Address(endpoint).OriginalString);
}
