using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Volatility;

public sealed class VolatilityFitTests
{
    private static readonly DateOnly Through = BarBuilder.FirstDay.AddDays(999);

    [Fact]
    public void Garch_IsFound()
    {
        var garch = VolatilityFit.Of([.. Enumerable.Range(0, 6).Select(seed => Simulated(2000, seed))], DateOnly.MaxValue)!.Garch;

        Assert.InRange(garch.Alpha, 0.07, 0.13);
        Assert.InRange(garch.Alpha + garch.Beta, 0.9, 0.99);
    }

    [Fact]
    public void Moves_AreThoseOfANormalMarket()
    {
        // Daily returns are normal, so moves over weeks are nearly so: the quantiles of the absolute value are 0.674, 1.282 and 1.645.
        var moves = VolatilityFit.Of([.. Enumerable.Range(0, 8).Select(seed => Simulated(1500, seed))], DateOnly.MaxValue)!.Horizons[7].Moves;

        Assert.InRange(moves.Half, 0.6, 0.75);
        Assert.InRange(moves.Eighty, 1.15, 1.45);
        Assert.InRange(moves.Ninety, 1.5, 1.9);
        Assert.InRange(moves.Tail, moves.Ninety, 2.6);
    }

    [Fact]
    public void NoDayAfterTheLastIsUsed()
    {
        BarSeries[] histories = [Simulated(1500, 1), Simulated(1500, 2)];
        BarSeries[] scrambled = [.. histories.Select(history => history with
        {
            Bars = history.Bars.ToArray().Select(bar => bar.Day <= Through ? bar : bar with { Close = bar.Close * 2, High = bar.High * 3 }).ToArray(),
        })];

        var model = VolatilityFit.Of(histories, Through)!;

        Assert.Equal(model.Digest, VolatilityFit.Of(scrambled, Through)!.Digest);
        Assert.NotEqual(model.Digest, VolatilityFit.Of(scrambled, Through.AddDays(1))!.Digest);
        Assert.Equal(Through, model.FittedThrough);
        Assert.Equal("v2026.9.26", model.Version);
    }

    [Fact]
    public void TooFewDays_GiveNone()
    {
        Assert.Null(VolatilityFit.Of([BarBuilder.WalkSeries(619)], DateOnly.MaxValue));
        Assert.NotNull(VolatilityFit.Of([BarBuilder.WalkSeries(620)], DateOnly.MaxValue));
        Assert.Null(VolatilityFit.Of([BarBuilder.WalkSeries(150)], DateOnly.MaxValue));
        Assert.Null(VolatilityFit.Of([], DateOnly.MaxValue));
    }

    // Bars without a range cannot tell how ranges count.
    [Fact]
    public void ClosesOnly_KeepTheShippedAutoregression()
    {
        var closes = BarBuilder.Bars([.. Simulated(1000, 3).Bars.ToArray().Select(bar => bar.Close)]);

        Assert.Equal(VolatilityModel.Default.Horizons[14].Har, VolatilityFit.Of([new("TEST", closes)], DateOnly.MaxValue)!.Horizons[14].Har);
    }

    [Fact]
    public void APriceThatNeverMoved_IsNoFault()
    {
        var model = VolatilityFit.Of([Simulated(1000, 3), BarBuilder.Series([.. Enumerable.Repeat(1.0, 1000)])], DateOnly.MaxValue)!;

        Assert.Equal(VolatilityFit.Of([Simulated(1000, 3)], DateOnly.MaxValue)!.Horizons[7], model.Horizons[7]);
    }

    [Fact]
    public void Percentiles_AreOfTheFitsOwnVolatilities()
    {
        var model = VolatilityFit.Of([Simulated(1000, 3)], DateOnly.MaxValue)!;

        Assert.Equal(101, model.Percentiles.Count);
        Assert.Equal(0, model.PercentileOf(model.Percentiles[0] / 2));
        Assert.Equal(50, model.PercentileOf(model.Percentiles[50]), 1e-9);
        Assert.Equal(75.5, model.PercentileOf((model.Percentiles[75] + model.Percentiles[76]) / 2), 1e-9);
        Assert.Equal(100, model.PercentileOf(model.Percentiles[100] * 2));
    }

    // A market of GARCH(1,1) with alpha 0.1 and beta 0.86, each day in 24 steps.
    private static BarSeries Simulated(int count, int seed)
    {
        var random = new Random(seed);
        var (close, variance) = (100.0, 0.0016);
        var bars = new Bar[count];
        for (var i = 0; i < count; i++)
        {
            var (open, high, low) = (close, close, close);
            for (var hour = 0; hour < 24; hour++)
            {
                close *= Math.Exp(Math.Sqrt(variance / 24) * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                (high, low) = (Math.Max(high, close), Math.Min(low, close));
            }

            var change = Math.Log(close / open);
            variance = (0.04 * 0.0016) + (0.1 * change * change) + (0.86 * variance);
            bars[i] = new Bar(BarBuilder.FirstDay.AddDays(i), open, high, low, close, 1000);
        }

        return new BarSeries($"S{seed}", bars);
    }
}
