using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests.Answers;

public sealed class ConformalIntervalTests
{
    // 420 bars are what a prediction reads.
    private const int Bars = 420;

    // Calm and wild stretches, as markets have them.
    [Theory]
    [InlineData(7)]
    [InlineData(14)]
    [InlineData(30)]
    public void HoldsTheCloseNineTimesOfTen(int days)
    {
        var (inside, count) = (0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var walk = ChangingWalk(1000, seed);
            for (var end = Bars; end + days <= walk.Length; end += days)
            {
                var range = ConformalInterval.Of(new BarSeries("TEST", walk.AsMemory(end - Bars, Bars)), days)!.Value;
                var close = walk[end - 1 + days].Close;
                inside += close >= range.Low && close <= range.High ? 1 : 0;
                count++;
            }
        }

        Assert.InRange((double)inside / count, 0.88, 0.94);
    }

    [Fact]
    public void IsWiderAfterWildDays_AndForLongerHorizons()
    {
        var calm = Walk(Enumerable.Repeat(0.01, 300));
        var wild = Walk([.. Enumerable.Repeat(0.01, 280), .. Enumerable.Repeat(0.05, 20)]);

        Assert.True(Width(wild, 7) > 1.5 * Width(calm, 7));
        Assert.True(Width(calm, 30) > 1.5 * Width(calm, 7));
    }

    [Fact]
    public void SaysNothingOfTheFuture()
    {
        var walk = BarBuilder.Walk(500, seed: 5);
        var other = walk.ToArray();
        for (var i = 400; i < other.Length; i++)
        {
            other[i] = other[i] with { Close = other[i].Close * 3 };
        }

        Assert.Equal(ConformalInterval.Of(new("A", walk.AsMemory(0, 400)), 14), ConformalInterval.Of(new("A", other.AsMemory(0, 400)), 14));
    }

    [Theory]
    [InlineData(86, false)]
    [InlineData(87, true)]
    public void AShortHistory_HasNone(int bars, bool expected) => Assert.Equal(expected, ConformalInterval.Of(BarBuilder.WalkSeries(bars), 7) is not null);

    [Fact]
    public void PriceThatNeverMoved_HasNone() => Assert.Null(ConformalInterval.Of(BarBuilder.Series([.. Enumerable.Repeat(5.0, 300)]), 7));

    // A pair of bars that is not a horizon apart would be a score of another horizon.
    [Fact]
    public void MissingDays_AreNoScores()
    {
        var bars = BarBuilder.Walk(200).Where((_, i) => i % 8 != 7).ToArray();

        Assert.NotNull(ConformalInterval.Of(new("TEST", bars), 8));
        Assert.Null(ConformalInterval.Of(new("TEST", BarBuilder.Walk(200).Where((_, i) => i % 2 == 0).ToArray()), 7));
    }

    private static double Width(BarSeries series, int days)
    {
        var range = ConformalInterval.Of(series, days)!.Value;
        return Math.Log(range.High / range.Low);
    }

    private static BarSeries Walk(IEnumerable<double> deviations)
    {
        var random = new Random(7);
        var close = 100.0;
        return BarBuilder.Series([.. deviations.Select(deviation => close *= Math.Exp(deviation * Normal(random)))]);
    }

    private static Bar[] ChangingWalk(int count, int seed)
    {
        var random = new Random(seed);
        var (close, deviation) = (100.0, 0.03);
        return BarBuilder.Bars([.. Enumerable.Range(0, count).Select(_ =>
        {
            deviation = Math.Exp((0.95 * Math.Log(deviation)) + (0.05 * Math.Log(0.03)) + (0.1 * Normal(random)));
            return close *= Math.Exp(deviation * Normal(random));
        })]);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
