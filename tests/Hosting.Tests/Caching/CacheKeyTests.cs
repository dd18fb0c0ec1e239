using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Hosting.Tests.Caching;

public class CacheKeyTests
{
    private static readonly DateOnly Day = new(2025, 1, 2);

    [Fact]
    public void Key_NamesEverythingThatChangesTheAnswer()
    {
        Assert.Equal(new CacheKey("BTC", "prediction:BTC:7d"), CacheKey.Of(new PredictionQuery("BTC", "7d", null)));
        Assert.Equal(new CacheKey("BTC", "prediction:BTC:14d:asof=2025-01-02"), CacheKey.Of(new PredictionQuery("BTC", "14d", Day)));
        Assert.Equal(new CacheKey("SHIB", "risk:SHIB"), CacheKey.Of(new RiskQuery("SHIB", null)));
        Assert.Equal(new CacheKey("SHIB", "risk:SHIB:asof=2025-01-02"), CacheKey.Of(new RiskQuery("SHIB", Day)));
        Assert.Equal(
            new CacheKey("BTC", "ensemble:BTC:7d:weighted_average:0.3"),
            CacheKey.Of(new EnsembleQuery(new PredictionQuery("BTC", "7d", null), "weighted_average", 0.3)));
        Assert.Equal(
            new CacheKey("BTC", "ensemble:BTC:30d:max_confidence:0:asof=2025-01-02"),
            CacheKey.Of(new EnsembleQuery(new PredictionQuery("BTC", "30d", Day), "max_confidence", 0)));
    }

    [Fact]
    public void EnsemblesThatDifferInTheLastDigitOfTheirConfidence_HaveDifferentKeys()
    {
        var prediction = new PredictionQuery("BTC", "7d", null);
        Assert.NotEqual(
            CacheKey.Of(new EnsembleQuery(prediction, "weighted_average", 0.3)),
            CacheKey.Of(new EnsembleQuery(prediction, "weighted_average", Math.BitIncrement(0.3))));
    }
}
