using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Tests.Volatility;

public sealed class SymbolVolatilityTests
{
    // Calm and wild stretches, as markets have them.
    [Theory]
    [InlineData(7)]
    [InlineData(14)]
    [InlineData(30)]
    public void Range_HoldsTheCloseNineTimesOfTen(int days)
    {
        var (inside, count) = (0, 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var walk = ChangingWalk(1000, seed);
            for (var end = VolatilityModel.Bars; end + days <= walk.Length; end += days)
            {
                var move = Of(walk.AsMemory(0, end), days).Quantile(0.95);
                inside += Math.Abs(Math.Log(walk[end - 1 + days].Close / walk[end - 1].Close)) <= move ? 1 : 0;
                count++;
            }
        }

        Assert.InRange((double)inside / count, 0.87, 0.95);
    }

    [Fact]
    public void Volatility_IsHigherAfterWildDays_AndForLongerHorizons()
    {
        var calm = Walk(Enumerable.Repeat(0.01, 420));
        var wild = Walk([.. Enumerable.Repeat(0.01, 400), .. Enumerable.Repeat(0.05, 20)]);

        Assert.InRange(Of(calm, 7).Volatility, 0.7 * 0.01 * Math.Sqrt(7), 1.3 * 0.01 * Math.Sqrt(7));
        Assert.True(Of(wild, 7).Volatility > 1.5 * Of(calm, 7).Volatility);
        Assert.True(Of(calm, 30).Volatility > 1.5 * Of(calm, 7).Volatility);
    }

    // A range that was too narrow for a symbol in its last year is widened, one that was too wide is narrowed.
    [Fact]
    public void Scale_FollowsTheSymbolsOwnMoves()
    {
        // Moves that add up, and moves that take each other back: the daily variance is the same.
        var trend = BarBuilder.Series([.. Enumerable.Range(0, 420).Select(i => 100 * Math.Exp(0.03 * (i % 60 < 30 ? i % 60 : 60 - (i % 60))))]);
        var back = BarBuilder.Series([.. Enumerable.Range(0, 420).Select(i => 100 * Math.Exp(0.03 * (i % 2)))]);

        Assert.InRange(Of(trend.Bars, 14).Scale, 1.1, 2);
        Assert.Equal(Math.Exp(-0.003 * 0.1 * 250), Of(back.Bars, 14).Scale, 1e-12);
        Assert.Equal(1, Of(BarBuilder.Walk(120), 14).Scale);
    }

    [Fact]
    public void NothingOfTheFutureIsUsed_NorMoreBarsThanSaid()
    {
        var walk = BarBuilder.Walk(700, seed: 5);
        var other = walk.ToArray();
        for (var i = 0; i < other.Length; i++)
        {
            other[i] = i is >= 180 and < 600 ? other[i] : other[i] with { Close = other[i].Close * 3, High = other[i].High * 4 };
        }

        Assert.Equal(Of(walk.AsMemory(0, 600), 14), Of(other.AsMemory(0, 600), 14));
        Assert.NotEqual(Of(walk.AsMemory(0, 600), 14), Of(other.AsMemory(0, 601), 14));
    }

    [Theory]
    [InlineData(20, null, true)]
    [InlineData(21, 20, false)]
    [InlineData(120, 119, false)]
    [InlineData(121, null, false)]
    public void AShortHistory_IsThePlainMean_OrNone(int bars, int? meanOfDays, bool isNone)
    {
        var walk = BarBuilder.Walk(bars);
        var forecast = new SymbolVolatility(VolatilityModel.Default, new("TEST", walk)).Over(7);

        Assert.Equal(isNone, forecast is null);
        Assert.Equal(meanOfDays, forecast?.MeanOfDays);
        if (meanOfDays is not null)
        {
            // No day of this walk is so wild that it is capped.
            Assert.Equal(Math.Sqrt(7 * Realised.Variance(walk) / (bars - 1)), forecast!.Volatility, 1e-12);
        }
    }

    [Fact]
    public void PriceThatNeverMoved_HasNone()
    {
        Assert.Null(new SymbolVolatility(VolatilityModel.Default, BarBuilder.Series([.. Enumerable.Repeat(5.0, 300)])).Over(7));
        Assert.Null(new SymbolVolatility(VolatilityModel.Default, BarBuilder.Series([.. Enumerable.Repeat(5.0, 60)])).Over(7));
    }

    // A price that is held at 1 moves by a hundredth of a percent.
    [Fact]
    public void PeggedPrice_HasANarrowRange()
    {
        var random = new Random(3);
        var forecast = Of(BarBuilder.Series([.. Enumerable.Range(0, 420).Select(_ => 1 + (0.0001 * random.NextDouble()))]).Bars, 30);

        Assert.InRange(forecast.Quantile(0.95), 1e-6, 0.01);
    }

    // One bad bar: a close, a high, a low or a whole bar that is five times too large or too small.
    [Theory]
    [InlineData(5, false)]
    [InlineData(0.2, false)]
    [InlineData(5, true)]
    [InlineData(0.2, true)]
    public void OneBadBar_MovesTheRangeByLessThanHalf(double factor, bool isWhole)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var walk = ChangingWalk(VolatilityModel.Bars, seed);
            var before = Width(Of(walk, 30));
            for (var back = 0; back < 300; back += back < 40 ? 1 : 13)
            {
                var bad = walk.ToArray();
                var bar = bad[^(back + 1)];
                bad[^(back + 1)] = isWhole
                    ? bar with { Open = bar.Open * factor, High = bar.High * factor, Low = bar.Low * factor, Close = bar.Close * factor }
                    : bar with
                    {
                        Close = back % 2 == 0 ? bar.Close * factor : bar.Close,
                        High = Math.Max(bar.High, bar.Close * factor),
                        Low = Math.Min(bar.Low, bar.Close * factor),
                    };
                Assert.InRange(Width(Of(bad, 30)) / before, 1 / 1.5, 1.5);
            }
        }
    }

    [Fact]
    public void MissingDays_AreDividedAmongTheirReturn_AndAreNoMoves()
    {
        var walk = ChangingWalk(840, 4);
        var everySecond = walk.Where((_, i) => i % 2 == 0).ToArray();

        var forecast = Of(everySecond, 30);

        Assert.InRange(forecast.Volatility, 0.6 * Of(walk, 30).Volatility, 1.6 * Of(walk, 30).Volatility);
        Assert.Equal(1, Of(everySecond, 7).Scale);
        Assert.NotEqual(1, forecast.Scale);
    }

    // Sources that have closes only.
    [Fact]
    public void BarsWithoutRange_StillHaveAForecast()
    {
        var closes = BarBuilder.Bars([.. ChangingWalk(420, 2).Select(bar => bar.Close)]);

        Assert.InRange(Of(closes, 14).Volatility / Of(ChangingWalk(420, 2), 14).Volatility, 0.6, 1.6);
    }

    [Fact]
    public void Quantiles_AreTheMoves_InDeviations()
    {
        var forecast = new VolatilityForecast(7, 0.1, 1.2, new(0.6, 1.3, 1.8, 2.8, 0.8));

        Assert.Equal([-0.216, -0.156, -0.072, 0, 0.072, 0.156, 0.216], PriceQuantiles.Levels.Select(level => Math.Round(forecast.Quantile(level), 12)));
        Assert.Throws<ArgumentOutOfRangeException>(() => forecast.Quantile(0.3));
        Assert.Equal([.. PriceQuantiles.Levels.Select(level => 50 * Math.Exp(forecast.Quantile(level)))], PriceQuantiles.Of(50, forecast)!);
    }

    [Fact]
    public void ARangeOverAHundredfold_IsNone()
    {
        var moves = new MoveDistribution(0.6, 1.3, 1.8, 2.8, 0.8);

        Assert.NotNull(PriceQuantiles.Of(1e-9, new(30, Math.Log(99) / 3.6, 1, moves)));
        Assert.Null(PriceQuantiles.Of(1e-9, new(30, Math.Log(101) / 3.6, 1, moves)));
        Assert.Null(PriceQuantiles.Of(5, new(30, 1000, 1, moves)));
    }

    [Fact]
    public void PercentileOfYear_IsAmongTheDaysOfTheYear()
    {
        var calmLast = Walk([.. Enumerable.Repeat(0.04, 600), .. Enumerable.Repeat(0.01, 60)]);
        var wildLast = Walk([.. Enumerable.Repeat(0.02, 600), .. Enumerable.Repeat(0.08, 20)]);

        Assert.InRange(SymbolVolatility.PercentileOfYear(VolatilityModel.Default, new("TEST", calmLast))!.Value, 0, 5);
        Assert.InRange(SymbolVolatility.PercentileOfYear(VolatilityModel.Default, new("TEST", wildLast))!.Value, 95, 100);
        Assert.Null(SymbolVolatility.PercentileOfYear(VolatilityModel.Default, BarBuilder.WalkSeries(VolatilityModel.BarsOfYear - 1)));
        Assert.NotNull(SymbolVolatility.PercentileOfYear(VolatilityModel.Default, BarBuilder.WalkSeries(VolatilityModel.BarsOfYear)));
    }

    private static double Width(VolatilityForecast forecast) => 2 * Math.Sinh(forecast.Quantile(0.95));

    private static VolatilityForecast Of(ReadOnlyMemory<Bar> bars, int days) => new SymbolVolatility(VolatilityModel.Default, new("TEST", bars)).Over(days)!;

    private static Bar[] Walk(IEnumerable<double> deviations)
    {
        var random = new Random(7);
        return Ranged(deviations, random);
    }

    private static Bar[] ChangingWalk(int count, int seed)
    {
        var random = new Random(seed);
        var deviation = 0.03;
        return Ranged(Enumerable.Range(0, count).Select(_ =>
            deviation = Math.Exp((0.95 * Math.Log(deviation)) + (0.05 * Math.Log(0.03)) + (0.1 * Normal(random)))), random);
    }

    // Each day is a walk of 24 hours, so that it has a range.
    private static Bar[] Ranged(IEnumerable<double> deviations, Random random)
    {
        var close = 100.0;
        return [.. deviations.Select((deviation, i) =>
        {
            var (open, high, low) = (close, close, close);
            for (var hour = 0; hour < 24; hour++)
            {
                close *= Math.Exp(deviation / Math.Sqrt(24) * Normal(random));
                (high, low) = (Math.Max(high, close), Math.Min(low, close));
            }

            return new Bar(BarBuilder.FirstDay.AddDays(i), open, high, low, close, 1000);
        })];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
