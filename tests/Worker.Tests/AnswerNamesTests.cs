using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Ensembles;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Forecasting.Risk;

namespace Coinsphere.Messaging.Worker.Tests;

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

    // Messages and numbers know nothing of each other, so each has a list of its own.
    [Fact]
    public void HorizonsOfMessages_AreThoseOfTheNumbers()
    {
        Assert.Equal(Horizons.All, Timeframes.All.Select(Timeframes.Days));
        Assert.Equal(Horizons.All.Select(Horizons.Name), Timeframes.All);
    }

    [Fact]
    public void MethodsOfMessages_AreThoseOfTheNumbers() =>
        Assert.Equal(
            EnsembleMethods.All,
            Enum.GetValues<EnsembleMethod>().Where(method => method != EnsembleMethod.SingleModel).Select(method => method.Name()));

    [Fact]
    public void ClassesOfNetworks_AreTheDirections() => Assert.Equal(Classes.Count, Enum.GetValues<Direction>().Length);
}
