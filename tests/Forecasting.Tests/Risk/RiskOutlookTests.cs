using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Risk;

public sealed class RiskOutlookTests
{
    private static readonly VolatilityModel Model = VolatilityModel.Default;

    // Moves of 2 deviations are exceeded by one in ten on both sides, and are 2.5 on average beyond it; the largest fall is 0.8 of a deviation.
    private static readonly MoveDistribution Moves = new(0.7, 1.4, 2, 2.5, 0.8);

    [Fact]
    public void Losses_AreThoseOfTheLogMoves()
    {
        var forecast = new VolatilityForecast(7, 0.1, 1.2, Moves);

        Assert.Equal(1 - Math.Exp(-0.24), Loss.ValueAtRisk(forecast), 1e-15);
        Assert.Equal(1 - Math.Exp(-0.3), Loss.ExpectedShortfall(forecast), 1e-15);
        Assert.Equal(1 - Math.Exp(-0.08), Loss.Drawdown(Moves, 0.1), 1e-15);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(130)]
    [InlineData(60)]
    public void ValueAtRisk_IsTheFirstQuantileOfThePredictionOverTheSameDays(int count)
    {
        var series = BarBuilder.WalkSeries(count);
        var features = FeatureEngineer.Compute(series, SentimentSeries.Neutral, 30);

        var outlook = RiskOutlook.Of(Model, series)!;
        var prediction = PredictionMaker.Make("TEST", 7, [0.2f, 0.3f, 0.5f], series, features);

        Assert.Equal(prediction.Quantiles![0], Rounding.Price(series.Bars.Span[^1].Close * (1 - outlook.ValueAtRisk)));
        Assert.Equal(prediction.ExpectedVolatility, Rounding.Decimals(outlook.Volatility7, 6));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(60)]
    [InlineData(20)]
    public void VolatilityAlone_IsThatOfTheForecast(int count)
    {
        var symbol = new SymbolVolatility(Model, BarBuilder.WalkSeries(count));

        Assert.All([7, 14, 30], days => Assert.Equal(symbol.Over(days)?.Volatility, symbol.VolatilityOver(days)));
    }

    [Fact]
    public void LossesAreOrdered_AndBelowEverything()
    {
        var outlook = RiskOutlook.Of(Model, BarBuilder.WalkSeries(500))!;

        Assert.InRange(outlook.ValueAtRisk, outlook.Volatility7, outlook.ExpectedShortfall);
        Assert.InRange(outlook.ExpectedShortfall, 0, 1);
        Assert.InRange(outlook.ExpectedDrawdown, 0, 1);
        Assert.InRange(outlook.PercentileOfAll, 0, 100);
        Assert.InRange(outlook.PercentileOfYear!.Value, 0, 100);
        Assert.Null(outlook.MeanOfDays);
    }

    [Theory]
    [InlineData(VolatilityModel.BarsOfYear - 1, false)]
    [InlineData(VolatilityModel.BarsOfYear, true)]
    public void PercentileOfTheOwnYear_NeedsTheYear(int bars, bool isThere) =>
        Assert.Equal(isThere, RiskOutlook.Of(Model, BarBuilder.WalkSeries(bars))!.PercentileOfYear is not null);

    [Theory]
    [InlineData(21, 20)]
    [InlineData(120, 119)]
    [InlineData(121, null)]
    public void ShortHistory_IsThePlainMean_AndSaysOfHowManyDays(int bars, int? days) =>
        Assert.Equal(days, RiskOutlook.Of(Model, BarBuilder.WalkSeries(bars))!.MeanOfDays);

    [Fact]
    public void TooFewReturns_OrAPriceThatNeverMoved_HaveNone()
    {
        Assert.Null(RiskOutlook.Of(Model, BarBuilder.WalkSeries(20)));
        Assert.Null(RiskOutlook.Of(Model, BarBuilder.Series([.. Enumerable.Repeat(8.0, 60)])));
        Assert.Null(RiskOutlook.Of(Model, BarBuilder.Series([.. Enumerable.Repeat(8.0, 500)])));
    }

    [Fact]
    public void QuietDaysAfterAStorm_HaveALowPercentile_AndTheStormAHighOne()
    {
        double[] closes = [100, .. Enumerable.Range(1, 600).Select(i => 100 * Math.Exp((i % 2 == 0 ? 1 : -1) * (i is > 300 and <= 360 ? 0.1 : 0.005)))];
        var quiet = BarBuilder.Series(closes);
        var storm = new BarSeries("TEST", quiet.Bars[..361]);
        var calm = new BarSeries("TEST", BarBuilder.Series([.. closes.Concat(closes).Take(860)]).Bars[375..]);

        Assert.True(RiskOutlook.Of(Model, quiet)!.PercentileOfYear < 60);
        Assert.True(RiskOutlook.Of(Model, storm)!.PercentileOfAll > RiskOutlook.Of(Model, quiet)!.PercentileOfAll);
        Assert.Equal(485, calm.Bars.Length);
    }
}
