using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Risk;
using Coinsphere.Messaging.Forecasting.Volatility;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Risk;

public sealed class PortfolioOutlookTests
{
    private static readonly MoveDistribution Moves = new(0.7, 1.4, 2, 2.5, 0.8);

    // One to eight weights, whose sum is not 1.
    private static readonly Arbitrary<int[]> Weights = Gen.Choose(1, 1000).NonEmptyListOf().Where(weights => weights.Count <= 8)
        .Select(weights => weights.ToArray()).ToArbitrary();

    [Fact]
    public void TwoHoldings_AreWorkedOutByHand()
    {
        // Parts 0.6 x 0.1 = 0.06 and 0.4 x 0.2 = 0.08: the variance is 0.0036 + 0.0064 + 2 x 0.5 x 0.0048 = 0.0148.
        var outlook = Of([0.6, 0.4], [(0.1, 1), (0.2, 1)], Correlated(2, 0.5));

        Assert.Equal(Math.Sqrt(0.0148), outlook.Volatility7, 1e-15);
        Assert.Equal(2 * Math.Sqrt(0.0148), outlook.Volatility30, 1e-15);
        Assert.Equal((0.0036 + 0.0024) / 0.0148, outlook.Contributions[0], 1e-15);
        Assert.Equal((0.0064 + 0.0024) / 0.0148, outlook.Contributions[1], 1e-15);
        Assert.Equal(0.14 / Math.Sqrt(0.0148), outlook.DiversificationRatio, 1e-14);
        Assert.Equal(1 - Math.Exp(-2 * Math.Sqrt(0.0148)), outlook.ValueAtRisk, 1e-15);
        Assert.Equal(1 - Math.Exp(-2.5 * Math.Sqrt(0.0148)), outlook.ExpectedShortfall, 1e-15);
    }

    [Fact]
    public void ScalesOfSymbols_WidenLossesOnly()
    {
        // Scaled parts 0.06 x 1.5 = 0.09 and 0.08 x 0.5 = 0.04, without correlation.
        var outlook = Of([0.6, 0.4], [(0.1, 1.5), (0.2, 0.5)], Correlated(2, 0));

        Assert.Equal(0.1, outlook.Volatility7, 1e-15);
        Assert.Equal(1 - Math.Exp(-2 * Math.Sqrt(0.0097)), outlook.ValueAtRisk, 1e-15);
    }

    [Fact]
    public void HoldingThatMovesAgainstALargerOne_HasANegativeShare()
    {
        var outlook = Of([0.9, 0.1], [(0.1, 1), (0.1, 1)], Correlated(2, -0.8));

        Assert.True(outlook.Contributions[1] < 0);
        Assert.Equal(1, outlook.Contributions.Sum(), 1e-12);
    }

    [Fact]
    public void MovesThatCancelOut_HaveNoOutlook() => Assert.Null(
        PortfolioOutlook.Of([0.5, 0.5], [Forecast(0.1), Forecast(0.1)], [0.2, 0.2], Correlated(2, -1)));

    [Fact]
    public void Contributions_SumToOne_WhateverTheWeightsAndMoves() => Prop.ForAll(Weights, weights =>
    {
        var outlook = Of(weights);
        Assert.Equal(1, outlook.Contributions.Sum(), 1e-9);
        Assert.True(outlook.DiversificationRatio >= 1 - 1e-12);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EqualHoldings_AreTheirSymbol() => Prop.ForAll(Weights, weights =>
    {
        var outlook = Of([.. weights.Select(weight => (double)weight)], [.. weights.Select(_ => (0.1, 1.3))], Correlated(weights.Length, 1));
        Assert.Equal(0.1, outlook.Volatility7, 1e-12);
        Assert.Equal(Loss.ValueAtRisk(Forecast(0.1, 1.3)), outlook.ValueAtRisk, 1e-12);
        Assert.Equal(1, outlook.DiversificationRatio, 1e-12);
        Assert.All(weights.Zip(outlook.Contributions), pair => Assert.Equal((double)pair.First / weights.Sum(), pair.Second, 1e-12));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_ChangesNothing() => Prop.ForAll(Weights, weights =>
    {
        var count = weights.Length;
        var outlook = Of(weights);
        var histories = Walks(count).Reverse().ToArray();
        var reversed = OfHistories([.. weights.Reverse().Select(weight => (double)weight)], histories);

        Assert.Equal(outlook.Volatility7, reversed.Volatility7, 1e-12);
        Assert.Equal(outlook.ExpectedShortfall, reversed.ExpectedShortfall, 1e-12);
        Assert.All(outlook.Contributions.Zip(reversed.Contributions.Reverse()), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void OneHolding_HasTheForecastOfItsSymbol()
    {
        var series = BarBuilder.WalkSeries(500);
        var symbol = RiskOutlook.Of(VolatilityModel.Default, series)!;

        var outlook = OfHistories([1], [series]);

        Assert.Equal(symbol.Volatility7, outlook.Volatility7, 1e-15);
        Assert.Equal(symbol.Volatility30, outlook.Volatility30, 1e-15);
        Assert.Equal(symbol.ValueAtRisk, outlook.ValueAtRisk, 1e-14);
        Assert.Equal(symbol.ExpectedShortfall, outlook.ExpectedShortfall, 1e-14);
        Assert.Equal([1.0], outlook.Contributions);
        Assert.Equal(1, outlook.DiversificationRatio, 1e-15);
    }

    private static PortfolioOutlook Of(int[] weights) => OfHistories([.. weights.Select(weight => (double)weight)], Walks(weights.Length));

    private static BarSeries[] Walks(int count) => [.. Enumerable.Range(1, count).Select(seed => new BarSeries($"S{seed}", BarBuilder.Walk(420, seed)))];

    private static PortfolioOutlook OfHistories(double[] weights, BarSeries[] histories)
    {
        var days = new CommonDays(histories, histories[0].Bars.Span[^1].Day);
        var symbols = histories.Select(history => new SymbolVolatility(VolatilityModel.Default, history)).ToArray();
        return PortfolioOutlook.Of(
            weights, [.. symbols.Select(symbol => symbol.Over(7)!)], [.. symbols.Select(symbol => symbol.VolatilityOver(30)!.Value)], days.Correlations())!;
    }

    private static PortfolioOutlook Of(double[] weights, (double Volatility, double Scale)[] symbols, double[,] correlations) => PortfolioOutlook.Of(
        weights,
        [.. symbols.Select(symbol => Forecast(symbol.Volatility, symbol.Scale))],
        [.. symbols.Select(symbol => 2 * symbol.Volatility)],
        correlations)!;

    private static VolatilityForecast Forecast(double volatility, double scale = 1) => new(7, volatility, scale, Moves);

    private static double[,] Correlated(int count, double correlation)
    {
        var correlations = new double[count, count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < count; j++)
            {
                correlations[i, j] = i == j ? 1 : correlation;
            }
        }

        return correlations;
    }
}
