using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Risk;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Risk;

public sealed class RiskScorerTests
{
    [Fact]
    public void FewerThan30Bars_GiveNoScore()
    {
        Assert.Null(RiskScorer.Score(BarBuilder.WalkSeries(0)));
        Assert.Null(RiskScorer.Score(BarBuilder.WalkSeries(29)));
        Assert.NotNull(RiskScorer.Score(BarBuilder.WalkSeries(30)));
    }

    [Fact]
    public void BarsBeforeTheLast90_ChangeNothing()
    {
        var bars = BarBuilder.Walk(100);
        bars[9] = bars[9] with { Volume = 1e12 };

        var all = RiskScorer.Score(new BarSeries("TEST", bars))!;
        var last = RiskScorer.Score(new BarSeries("TEST", bars.AsMemory(10)))!;
        var more = RiskScorer.Score(new BarSeries("TEST", bars.AsMemory(10 - 1, 90)))!;

        Assert.Equal(last with { Warnings = all.Warnings }, all);
        Assert.NotEqual(more.VolumeVolatility, all.VolumeVolatility);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(90)]
    public void VolumeVolatility_IsOverAllTheBarsThereAre(int count)
    {
        // Volume doubles once, on the first change of the history; the other changes are 0.
        var bars = BarBuilder.Walk(count).Select((bar, i) => bar with { Volume = i == 0 ? 999 : 1999 }).ToArray();
        var changes = count - 1;
        var mean = 1.0 / changes;

        var raw = RiskScorer.Score(new BarSeries("TEST", bars))!.VolumeVolatility.Raw;

        Assert.Equal(Math.Sqrt(mean * (1 - mean)), raw, 1e-12);
    }

    [Fact]
    public void DayWithoutVolume_CountsAgainstOne()
    {
        var bars = BarBuilder.Walk(31).Select((bar, i) => bar with { Volume = i == 30 ? 60 : 0 }).ToArray();

        var factor = RiskScorer.Score(new BarSeries("TEST", bars))!.VolumeVolatility;

        Assert.Equal(60 * Math.Sqrt(29) / 30, factor.Raw, 1e-12);
        Assert.Equal(100, factor.Score);
    }

    [Fact]
    public void FlatPricesWithoutVolume_HaveNoRisk()
    {
        var bars = BarBuilder.Bars([.. Enumerable.Repeat(8.0, 60)]).Select(bar => bar with { Volume = 0 }).ToArray();

        var risk = RiskScorer.Score(new BarSeries("TEST", bars))!;

        Assert.Equal(0, risk.Score);
        Assert.Equal(RiskLevel.Low, risk.Level);
        Assert.All([risk.Volatility, risk.PriceSwings, risk.VolumeVolatility, risk.TrendStrength],
            factor => Assert.Equal(new FactorScore(0, 0, 0, FactorRisk.Low), factor));
        Assert.Equal(["No major risk warnings"], risk.Warnings);
    }

    [Fact]
    public void SteadyFall_HasANegativeSlopeAndAPositiveValue()
    {
        // From 159 by 2 a day to 101: mean 130, slope -2.
        var trend = RiskScorer.Score(BarBuilder.Series([.. Enumerable.Range(0, 30).Select(i => 159.0 - (2 * i))]))!.TrendStrength;

        Assert.Equal(-2.0 / 130, trend.Raw, 1e-15);
        Assert.Equal(0.015385, trend.Value);
        Assert.Equal(7, trend.Score);
    }

    [Fact]
    public void WildPricesAndVolume_AreCappedAndWarnedOf()
    {
        var bars = BarBuilder.Bars([.. Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? 1.0 : 1000)])
            .Select((bar, i) => bar with { Volume = i % 3 * 1e6 }).ToArray();

        var risk = RiskScorer.Score(new BarSeries("TEST", bars))!;

        Assert.Equal([100, 100, 100], [risk.Volatility.Score, risk.PriceSwings.Score, risk.VolumeVolatility.Score]);
        Assert.Equal(90, risk.Score);
        Assert.Equal(RiskLevel.Extreme, risk.Level);
        Assert.Equal(
            [
                "High volatility detected (99.8% daily stddev)",
                "Large price swings in last 7 days (174.7%)",
                "EXTREME RISK: This asset is highly volatile and speculative",
            ], risk.Warnings);
    }

    [Fact]
    public void Warnings_BeginAboveTheirThreshold()
    {
        var (calm, wild) = (FactorScore.Of(0.7099, 100), FactorScore.Of(0.71, 100));

        Assert.Equal((70, 71), (calm.Score, wild.Score));
        Assert.Equal(["No major risk warnings"], RiskScorer.Warnings(calm, calm, 80));
        Assert.Equal(["High volatility detected (71.0% daily stddev)"], RiskScorer.Warnings(wild, calm, 80));
        Assert.Equal(["Large price swings in last 7 days (71.0%)"], RiskScorer.Warnings(calm, wild, 80));
        Assert.Equal(["EXTREME RISK: This asset is highly volatile and speculative"], RiskScorer.Warnings(calm, calm, 81));
    }

    [Theory]
    [InlineData(0.1549, 30, FactorRisk.Low)]
    [InlineData(0.1551, 31, FactorRisk.Medium)]
    [InlineData(0.3049, 60, FactorRisk.Medium)]
    [InlineData(0.3051, 61, FactorRisk.High)]
    [InlineData(0.4999, 99, FactorRisk.High)]
    [InlineData(0.5, 100, FactorRisk.High)]
    [InlineData(1e20, 100, FactorRisk.High)]
    [InlineData(-0.1551, 31, FactorRisk.Medium)]
    public void FactorScore_IsTruncatedAndCapped(double raw, int score, FactorRisk risk)
    {
        var factor = FactorScore.Of(raw, 200);

        Assert.Equal((score, risk), (factor.Score, factor.Risk));
    }

    [Theory]
    [InlineData(12, 24, 100, 2, 32)]
    [InlineData(0, 36, 30, 42, 20)] // exactly 21
    [InlineData(1, 3, 40, 77, 17)] // 16 when added from right to left
    [InlineData(100, 100, 100, 100, 100)]
    [InlineData(0, 0, 0, 0, 0)]
    public void Composite_IsAddedInDoublesFromTheLeft(int volatility, int swings, int volume, int trend, int score) =>
        Assert.Equal(score, RiskScorer.Composite(volatility, swings, volume, trend));

    [Theory]
    [InlineData(29, RiskLevel.Low)]
    [InlineData(30, RiskLevel.Medium)]
    [InlineData(59, RiskLevel.Medium)]
    [InlineData(60, RiskLevel.High)]
    [InlineData(79, RiskLevel.High)]
    [InlineData(80, RiskLevel.Extreme)]
    public void Level_ChangesAtItsThreshold(int score, RiskLevel level) => Assert.Equal(level, RiskScorer.LevelOf(score));

    [Fact]
    public void AnyBars_ScoreWithinTheirBounds()
    {
        var bar = from close in Gen.Elements(1e-9, 0.4, 1, 1.1, 50000, 1e12)
                  from volume in Gen.Elements(0, 1, 1.5, 3e7, 1e100)
                  select new Bar(default, close, close, close, close, volume);
        var series = from count in Gen.Choose(30, 120)
                     from bars in Gen.ArrayOf(bar, count)
                     select new BarSeries("TEST", bars);

        Prop.ForAll(Arb.From(series), any =>
        {
            var risk = RiskScorer.Score(any)!;
            FactorScore[] factors = [risk.Volatility, risk.PriceSwings, risk.VolumeVolatility, risk.TrendStrength];
            return risk.Score is >= 0 and <= 100
                && factors.All(factor => factor.Score is >= 0 and <= 100 && double.IsFinite(factor.Value) && factor.Value >= 0)
                && risk.Score <= factors.Max(factor => factor.Score) && risk.Score >= factors.Min(factor => factor.Score) - 1
                && risk.Warnings.Count > 0;
        }).QuickCheckThrowOnFailure();
    }
}
