using Coinsphere.Messaging.Forecasting.Accuracy;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Accuracy;

public sealed class BlockBootstrapTests
{
    private static readonly Gen<(DaySum[] Days, int Block)> Given =
        from block in Gen.Choose(1, 20)
        from length in Gen.Choose((2 * block) + 1, 120)
        from seed in Gen.Choose(0, 1_000_000)
        select (Series(seed, length), block);

    [Fact]
    public void Bounds_ContainTheMean() => Prop.ForAll(Given.ToArbitrary(), given =>
    {
        var bounds = BlockBootstrap.Of(given.Days, given.Block)!.Value;
        Assert.Equal(given.Days.Sum(day => day.Sum) / given.Days.Sum(day => day.Count), bounds.Mean, 12);
        Assert.InRange(bounds.Mean, bounds.Lower, bounds.Upper);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void EqualInput_GivesEqualBounds() => Prop.ForAll(
        Given.ToArbitrary(),
        given => Assert.Equal(BlockBootstrap.Of(given.Days, given.Block), BlockBootstrap.Of(given.Days, given.Block))).QuickCheckThrowOnFailure();

    [Fact]
    public void AnotherSeed_GivesOtherBounds() =>
        Assert.NotEqual(BlockBootstrap.Of(Series(1, 200), 14)!.Value.Lower, BlockBootstrap.Of(Series(1, 200), 14, seed: 2)!.Value.Lower);

    [Fact]
    public void ShiftedAndScaledValues_ShiftAndScaleTheBounds() => Prop.ForAll(Given.ToArbitrary(), given =>
    {
        var bounds = BlockBootstrap.Of(given.Days, given.Block)!.Value;
        var moved = BlockBootstrap.Of([.. given.Days.Select(day => day with { Sum = (3 * day.Sum) + (5 * day.Count) })], given.Block)!.Value;
        Assert.Equal((3 * bounds.Lower) + 5, moved.Lower, 9);
        Assert.Equal((3 * bounds.Upper) + 5, moved.Upper, 9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void WiderLevel_GivesNoNarrowerBounds() => Prop.ForAll(Given.ToArbitrary(), given =>
    {
        var (narrow, wide) = (BlockBootstrap.Of(given.Days, given.Block, 0.8)!.Value, BlockBootstrap.Of(given.Days, given.Block, 0.98)!.Value);
        Assert.True(wide.Lower <= narrow.Lower && wide.Upper >= narrow.Upper);
    }).QuickCheckThrowOnFailure();

    // Sums of overlapping periods, as forecasts over a horizon have them.
    [Theory]
    [InlineData(7, 35)]
    [InlineData(7, 90)]
    [InlineData(14, 166)]
    [InlineData(30, 335)]
    public void Bounds_ArePassedAboutAsOftenAsTheLevelSays(int horizon, int length)
    {
        const int runs = 600;
        var (below, above) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            var random = new Random(run);
            double[] steps = [.. Enumerable.Range(0, length + horizon).Select(_ => Normal(random))];
            var bounds = BlockBootstrap.Of(
                [.. Enumerable.Range(0, length).Select(i => new DaySum(15 * steps.AsSpan(i, horizon).ToArray().Sum(), 15))], 2 * horizon, 0.9)!.Value;
            below += bounds.Upper < 0 ? 1 : 0;
            above += bounds.Lower > 0 ? 1 : 0;
        }

        // A plain percentile passes its bound in 11 to 19 % of these cases.
        Assert.InRange((double)below / runs, 0.01, 0.085);
        Assert.InRange((double)above / runs, 0.01, 0.085);
    }

    [Fact]
    public void NeighboursThatDependOnEachOther_MakeTheBoundsWider_ThanSingleDaysWould()
    {
        var random = new Random(1);
        double[] steps = [.. Enumerable.Range(0, 365).Select(_ => Normal(random))];
        DaySum[] days = [.. Enumerable.Range(0, 335).Select(i => new DaySum(steps.AsSpan(i, 30).ToArray().Sum(), 1))];

        var (single, blocks) = (BlockBootstrap.Of(days, 1)!.Value, BlockBootstrap.Of(days, 60)!.Value);
        Assert.True(blocks.Upper - blocks.Lower > 3 * (single.Upper - single.Lower));
    }

    [Theory]
    [InlineData(28, false)]
    [InlineData(29, true)]
    public void TwoBlocksOrFewer_HaveNoBounds(int length, bool expected) =>
        Assert.Equal(expected, BlockBootstrap.Of(Series(1, length), 14) is not null);

    [Fact]
    public void DaysWithoutValues_CountNothing()
    {
        Assert.Null(BlockBootstrap.Of(new DaySum[100], 14));
        var sparse = new DaySum[100];
        (sparse[3], sparse[90]) = (new(2, 2), new(4, 1));
        Assert.Equal(2, BlockBootstrap.Of(sparse, 14)!.Value.Mean);
    }

    [Theory]
    [InlineData(0, 0.9)]
    [InlineData(7, 0)]
    [InlineData(7, 1)]
    public void BlockOrLevelThatCannotBe_IsRefused(int block, double level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BlockBootstrap.Of(Series(1, 100), block, level));

    private static DaySum[] Series(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(16)).Select(count => new DaySum(count == 0 ? 0 : count * Normal(random), count))
            .Append(new(1, 1)).TakeLast(length)];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
