using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Checkpoints.Pickle;
using Coinsphere.Messaging.Forecasting.Ensembles;
using Coinsphere.Messaging.Forecasting.Risk;

namespace Coinsphere.Messaging.Forecasting.Tests.Answers;

public sealed class AnswerNamesTests
{
    [Fact]
    public void Names_AreTheDocumentedWords()
    {
        Assert.Equal(["bearish", "neutral", "bullish"], Enum.GetValues<Direction>().Select(value => value.Name()));
        Assert.Equal(["low", "medium", "high"], Enum.GetValues<Confidence>().Select(value => value.Name()));
        Assert.Equal(["bearish", "bullish"], Enum.GetValues<MacdTrend>().Select(value => value.Name()));
        Assert.Equal(["decreasing", "increasing", "stable"], Enum.GetValues<VolumeTrend>().Select(value => value.Name()).Order());
        Assert.Equal(["low", "medium", "high"], Enum.GetValues<FactorRisk>().Select(value => value.Name()));
        Assert.Equal(["low", "medium", "high", "extreme"], Enum.GetValues<RiskLevel>().Select(value => value.Name()));
        Assert.Equal(["weighted_average", "majority_voting", "max_confidence", "single_model"], Enum.GetValues<EnsembleMethod>().Select(value => value.Name()));
    }
}
