using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Features;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Features;

public sealed class FeatureEngineerTests
{
    [Fact]
    public void Columns_StandWhereTheirNamesDo()
    {
        foreach (var field in typeof(FeatureColumn).GetFields())
        {
            var name = FeatureNames.All[(int)field.GetRawConstantValue()!];

            Assert.Equal(name.Replace("_", "", StringComparison.Ordinal), field.Name.ToLowerInvariant());
        }

        Assert.Equal(FeatureNames.Count, typeof(FeatureColumn).GetFields().Length);
    }

    [Theory]
    [InlineData(false, 24)]
    [InlineData(true, 19)]
    public void BarsNeeded_GiveJustTheSteps_AndOneBarLessGivesOneRowLess(bool hasChange24h, int warmUp)
    {
        const int Steps = 90;
        var bars = BarBuilder.Walk(Steps + warmUp).Select(bar => bar with { Change24h = 1 }).ToArray();
        var enough = new BarSeries("TEST", bars, HasChange24h: hasChange24h);

        Assert.Equal(bars.Length, FeatureEngineer.BarsNeeded(enough, Steps));
        Assert.Equal(Steps, Compute(enough).Rows);
        Assert.Equal(Steps - 1, Compute(enough with { Bars = bars.AsMemory(1) }).Rows);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(24)]
    public void TooFewBars_GiveAnEmptyTable(int count)
    {
        var table = Compute(BarBuilder.WalkSeries(count));

        Assert.Equal(0, table.Rows);
        Assert.False(table.EndsAtLastBar);
    }

    [Theory]
    [InlineData(30, 420)]
    [InlineData(90, 420)]
    [InlineData(91, 421)]
    [InlineData(180, 510)]
    public void BarsToFetch_OutlastTheMemoryOfTheMeans(int steps, int bars) => Assert.Equal(bars, FeatureEngineer.BarsToFetch(steps));

    [Fact]
    public void NoLosses_RsiIs100() => Assert.Equal(100, Last(BarBuilder.Series([.. Enumerable.Range(100, 30)]), FeatureColumn.Rsi));

    [Fact]
    public void NoGains_RsiIs0() => Assert.Equal(0, Last(BarBuilder.Series([.. Enumerable.Range(100, 30).Reverse()]), FeatureColumn.Rsi));

    [Fact]
    public void ChangesBeforeThe14Last_DoNotReachTheRsi()
    {
        double[] closes = [.. Enumerable.Range(200, 15).Reverse(), .. Enumerable.Range(186, 15)];

        Assert.Equal(100, Last(BarBuilder.Series(closes), FeatureColumn.Rsi));
    }

    [Fact]
    public void Rsi_UsesPlainMeans()
    {
        // 13 gains of 1 and a last loss of 2: RS = 13 / 2, whatever came first.
        double[] closes = [.. Enumerable.Range(100, 29), 126];

        Assert.Equal(100 - (100 / 7.5), Last(BarBuilder.Series(closes), FeatureColumn.Rsi), 1e-12);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(99.99)]
    [InlineData(1234.56)]
    public void FlatPrices_GiveFlatFeatures(double close)
    {
        var row = Compute(BarBuilder.Series([.. Enumerable.Repeat(close, 40)])).LastRow();

        Assert.Equal(50, row[FeatureColumn.Rsi]);
        Assert.Equal(close, row[FeatureColumn.Ema20]);
        Assert.Equal(close, row[FeatureColumn.Ema50]);
        Assert.Equal(close, row[FeatureColumn.BbUpper], close * 1e-14);
        foreach (var column in (int[])[
            FeatureColumn.Macd, FeatureColumn.MacdSignal, FeatureColumn.Change1h, FeatureColumn.Change24h, FeatureColumn.LogReturns,
            FeatureColumn.HlSpread, FeatureColumn.VolumeChange, FeatureColumn.MarketCapChange])
        {
            Assert.Equal(0, row[column]);
        }
    }

    [Fact]
    public void ChangeFromZero_IsZero_AndChangeToZeroIsMinus100()
    {
        var bars = BarBuilder.Walk(40);
        bars[37] = bars[37] with { Volume = 0, MarketCap = 0 };
        var table = Compute(new BarSeries("TEST", bars));

        Assert.Equal(-100, table.Row(table.Rows - 3)[FeatureColumn.VolumeChange]);
        Assert.Equal(-100, table.Row(table.Rows - 3)[FeatureColumn.MarketCapChange]);
        Assert.Equal(0, table.Row(table.Rows - 2)[FeatureColumn.VolumeChange]);
        Assert.Equal(0, table.Row(table.Rows - 2)[FeatureColumn.MarketCapChange]);
    }

    [Fact]
    public void NoVolumeAtAll_StillGivesEveryRow()
    {
        var table = Compute(new BarSeries("TEST", BarBuilder.Walk(40).Select(bar => bar with { Volume = 0 }).ToArray()));

        Assert.Equal(16, table.Rows);
        Assert.Equal(0, table.LastRow()[FeatureColumn.VolumeMa]);
        Assert.Equal(0, table.LastRow()[FeatureColumn.VolumeChange]);
    }

    [Fact]
    public void ChangeColumnsOfTheSource_AreTakenEachForItself()
    {
        var bars = BarBuilder.Walk(40).Select(bar => bar with { Change1h = 7, Change24h = 8 }).ToArray();
        var oneDay = ((bars[39].Close / bars[38].Close) - 1) * 100;
        var manyDays = ((bars[39].Close / bars[15].Close) - 1) * 100;

        Assert.Equal((oneDay, manyDays), Changes(new BarSeries("TEST", bars)));
        Assert.Equal((7, manyDays), Changes(new BarSeries("TEST", bars, HasChange1h: true)));
        Assert.Equal((oneDay, 8), Changes(new BarSeries("TEST", bars, HasChange24h: true)));

        static (double, double) Changes(BarSeries series) => (Last(series, FeatureColumn.Change1h), Last(series, FeatureColumn.Change24h));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void UnusableChangeCellInMidSeries_DropsItsRowOnly(double cell)
    {
        var bars = BarBuilder.Walk(40).Select(bar => bar with { Change1h = 1 }).ToArray();
        bars[30] = bars[30] with { Change1h = cell };
        var table = Compute(new BarSeries("TEST", bars, HasChange1h: true));

        Assert.Equal(15, table.Rows);
        Assert.True(table.EndsAtLastBar);
        Assert.Equal(bars[24..].Where((_, i) => i != 6).Select(bar => bar.Day), table.Days.ToArray());
    }

    [Fact]
    public void UnusableChangeCellInTheLastBar_IsSeen()
    {
        var bars = BarBuilder.Walk(40).Select(bar => bar with { Change24h = 1 }).ToArray();
        bars[39] = bars[39] with { Change24h = double.NaN };
        var table = Compute(new BarSeries("TEST", bars, HasChange24h: true));

        Assert.Equal(20, table.Rows);
        Assert.False(table.EndsAtLastBar);
    }

    [Fact]
    public void ChangeThatOverflows_DropsItsRow()
    {
        var bars = BarBuilder.Walk(40);
        bars[30] = bars[30] with { Volume = 1e-300 };
        bars[31] = bars[31] with { Volume = 1e300 };

        Assert.Equal(15, Compute(new BarSeries("TEST", bars)).Rows);
    }

    [Fact]
    public void AnyBars_GiveFiniteRowsInOrder()
    {
        var change = Gen.Elements(0, 1, -3.5, double.NaN, double.PositiveInfinity, 1e308);
        var amount = Gen.Elements(0, 1e-300, 1, 5e8, 1e300);
        var price = Gen.Elements(1e-12, 0.5, 3, 40000, 1e150);
        var bars = from close in price
                   from volume in amount
                   from cap in amount
                   from one in change
                   select new Bar(default, close, close, close, close, volume) { MarketCap = cap, Change1h = one };
        var series = from list in Gen.ArrayOf(bars, 60)
                     from has in Gen.Elements(false, true)
                     select new BarSeries("TEST", list.Select((bar, i) => bar with { Day = BarBuilder.FirstDay.AddDays(i) }).ToArray(), has, false);

        Prop.ForAll(Arb.From(series), any =>
        {
            var table = Compute(any);
            var days = table.Days.ToArray();
            return table.Values.ToArray().All(double.IsFinite)
                && table.Values.Length == table.Rows * FeatureNames.Count
                && days.SequenceEqual(days.Distinct().Order())
                && table.EndsAtLastBar == (table.Rows > 0 && days[^1] == any.Bars.Span[^1].Day);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(90)]
    [InlineData(101)]
    [InlineData(500)]
    public void NewestBars_HaveTheFeaturesThatAllTogetherHave(int newest)
    {
        var bars = BarBuilder.Walk(120).Select(bar => bar with { Change1h = 1 }).ToArray();
        // A bar that lacks a feature, within the newest 90.
        bars[60] = bars[60] with { Change1h = double.NaN };
        var series = new BarSeries("TEST", bars, HasChange1h: true);
        var all = Compute(series);

        var table = FeatureEngineer.Compute(series, SentimentSeries.Neutral, newest);

        var expected = all.Days.ToArray().Where(day => day > bars[^1].Day.AddDays(-newest)).ToArray();
        Assert.Equal(expected, table.Days.ToArray());
        Assert.Equal(all.Values.Span[^(expected.Length * FeatureNames.Count)..].ToArray(), table.Values.ToArray());
        Assert.Equal(newest > 0, table.EndsAtLastBar);
    }

    [Fact]
    public void CallersMemory_NothingIsAllocated()
    {
        var series = BarBuilder.WalkSeries(420);
        var (values, days, window) = (new double[90 * FeatureNames.Count], new DateOnly[90], new float[90 * FeatureNames.Count]);
        var (before, rows) = (0L, 0);
        for (var call = 0; call < 3; call++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            rows = FeatureEngineer.Compute(series, SentimentSeries.Neutral, values, days);
            FeatureWindow.Standardise(values, scaler: null, window);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(90, rows);
    }

    [Theory]
    [InlineData(101, 101 * 20)]
    [InlineData(90, 89 * 20)]
    public void MemoryThatDoesNotFit_IsRefused(int days, int values)
    {
        var thrown = Assert.Throws<ArgumentException>(
            () => FeatureEngineer.Compute(BarBuilder.WalkSeries(119), SentimentSeries.Neutral, new double[values], new DateOnly[days]));

        Assert.Equal($"Expected room for 20 features of at most 100 bars, got {values} values and {days} days.", thrown.Message);
    }

    private static FeatureTable Compute(BarSeries series) => FeatureEngineer.Compute(series, SentimentSeries.Neutral);

    private static double Last(BarSeries series, int column) => Compute(series).LastRow()[column];
}
