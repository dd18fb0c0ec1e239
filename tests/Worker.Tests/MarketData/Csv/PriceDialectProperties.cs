using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

/// <summary>Whatever the prices are, a series written in a supported format is read back equal.</summary>
public class PriceDialectProperties
{
    private static readonly DateOnly Today = new(2026, 1, 1);

    // Two decimals and whole tens of coins, which every format can write without rounding.
    private static readonly Gen<Bar> Prices =
        from low in Gen.Choose(100, 9_000_000)
        from open in Gen.Choose(1, 90_000)
        from close in Gen.Choose(1, 90_000)
        from high in Gen.Choose(1, 50_000)
        from volume in Gen.Choose(1, 50_000_000)
        select new Bar(
            default, Cents(low + open), Cents(low + Math.Max(open, close) + high), Cents(low), Cents(low + close), volume * 40.0);

    private static readonly Gen<Bar[]> Series =
        from first in Gen.Choose(0, 5_000)
        from bars in Prices.NonEmptyListOf()
        from more in Prices.ArrayOf(20)
        select more.Concat(bars).Select((bar, i) => bar with { Day = new DateOnly(2009, 1, 3).AddDays(first + i) }).ToArray();

    public static TheoryData<string> Dialects => [.. PriceDialects.All.Keys];

    [Theory]
    [MemberData(nameof(Dialects))]
    public void SeriesInAnyFormat_IsReadBackEqual(string dialect) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(Arb.From(Series), bars =>
        {
            var read = Read(PriceDialects.All[dialect](bars), "\r\n").Series.Bars.ToArray();
            Assert.Equal(bars.Select(Key), read.Select(Key));
        }));

    [Theory]
    [MemberData(nameof(Dialects))]
    public void FormatThatIsNotOurOwn_IsNamed(string dialect)
    {
        Bar[] bars = [.. Enumerable.Range(0, 30).Select(i => new Bar(new DateOnly(2024, 1, 1).AddDays(i), 2000.25 + i, 2010.5 + i, 1999.75, 2001.5 + i, 400))];

        var prices = Read(PriceDialects.All[dialect](bars), "\n");

        // TradingView's days in ISO 8601 are the project's own format.
        var isOwn = dialect is "canonical" or "TradingView";
        Assert.Equal(isOwn, prices.Recognised is null);
        Assert.Equal("2024-01-01 to 2024-01-30", CsvPrices.Span(prices.Series));
    }

    private static CsvPrices Read(IEnumerable<string> lines, string lineEnd)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join(lineEnd, lines) + lineEnd));
        return CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today);
    }

    private static (DateOnly, double, double, double, double, double) Key(Bar bar) => (bar.Day, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume);

    private static double Cents(int cents) => cents / 100.0;
}
