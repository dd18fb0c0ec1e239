using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Synthetic;

public class SyntheticPriceSourceTests
{
    private readonly FakeTimeProvider _time = FakeTime.At("2024-06-01T10:00:00Z");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Series_RunsFromItsFirstDayToYesterday()
    {
        var bars = (await Read("BTC")).Bars;

        Assert.Equal(SyntheticMarket.FirstDay, bars.Span[0].Day);
        Assert.Equal(new DateOnly(2024, 5, 31), bars.Span[^1].Day);
        Assert.Null((await Read("BTC")).FirstMissingDay(bars.Length));
    }

    [Fact]
    public async Task BarOfADay_NeverChanges()
    {
        var source = Source();
        var before = (await Read("ETH", source)).Bars.ToArray();
        _time.Advance(TimeSpan.FromDays(400));

        Assert.Equal(before, (await Read("ETH", source)).Bars.ToArray()[..before.Length]);
        Assert.Equal(before, (await Read("ETH")).Bars.ToArray()[..before.Length]);
    }

    [Fact]
    public void KnownDay_HasTheValueItAlwaysHad()
    {
        // Pinned: another value would mean that the prices of every past day have changed.
        Assert.Equal(48207.601080573433, SyntheticSeries.Generate("BTC", new DateOnly(2021, 12, 31))[^1].Close);
    }

    [Theory]
    [InlineData("BTC", 5_000, 300_000)]
    [InlineData("DOGE", 0.01, 1)]
    [InlineData("ZZZ9", 0.0001, 10_000)]
    public void Decades_AreValidBarsOfAPlausibleMagnitude(string symbol, double least, double most)
    {
        var bars = SyntheticSeries.Generate(symbol, new DateOnly(2060, 1, 1));

        Assert.All(bars, bar =>
        {
            Assert.Null(BarRules.Check(bar));
            Assert.InRange(bar.Close, least, most);
            Assert.True(bar.Volume > 0 && bar.MarketCap > 0);
        });
        var changes = Changes(bars);
        Assert.InRange(Math.Sqrt(changes.Average(change => change * change)), 0.02, 0.05);
    }

    [Fact]
    public async Task Symbols_AreDifferentSeries() =>
        Assert.NotEqual((await Read("AAA")).Bars.Span[^1].Close, (await Read("AAB")).Bars.Span[^1].Close);

    [Fact]
    public void Symbols_MoveTogether_ThoughNotAlike()
    {
        var last = new DateOnly(2024, 12, 31);
        var changes = SymbolCatalog.Default.Supported.Select(symbol => Changes(SyntheticSeries.Generate(symbol, last))).ToArray();

        for (var i = 1; i < changes.Length; i++)
        {
            Assert.InRange(Correlation(changes[0], changes[i]), 0.3, 0.9);
        }
    }

    [Theory]
    [InlineData("BTC")]
    [InlineData("DOGE")]
    public void Volatility_ComesInClusters(string symbol)
    {
        var moves = Changes(SyntheticSeries.Generate(symbol, new(2024, 12, 31))).Select(Math.Abs).ToArray();

        Assert.InRange(Correlation(moves[..^1], moves[1..]), 0.05, 0.6);
        // A random walk has about 3.
        var mean = moves.Average(move => move * move);
        Assert.InRange(moves.Average(move => Math.Pow(move, 4)) / (mean * mean), 4, 60);
    }

    [Fact]
    public async Task TextThatIsNoSymbol_IsNull() => Assert.Null(await Source().ReadAsync("no symbol", DateOnly.MaxValue, 1, Cancel));

    [Fact]
    public async Task LatestPrice_IsYesterdaysClose()
    {
        var latest = Assert.Single(await Source().ReadLatestAsync(["POL", "?"], Cancel));

        Assert.Equal(new LatestPrice("MATIC", (await Read("MATIC")).Bars.Span[^1].Close, new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero), IsSynthetic: true), latest);
    }

    private static double[] Changes(Bar[] bars) => [.. bars.Zip(bars.Skip(1), (a, b) => b.Close / a.Close - 1)];

    private static double Correlation(double[] a, double[] b)
    {
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Sum()
            / Math.Sqrt(a.Sum(x => (x - meanA) * (x - meanA)) * b.Sum(y => (y - meanB) * (y - meanB)));
    }

    private SyntheticPriceSource Source() => new(SymbolCatalog.Default, _time);

    private async Task<BarSeries> Read(string symbol, SyntheticPriceSource? source = null) =>
        (await (source ?? Source()).ReadAsync(symbol, DateOnly.MaxValue, int.MaxValue, Cancel))!;
}
