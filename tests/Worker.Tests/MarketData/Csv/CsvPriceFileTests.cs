using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using static Coinsphere.Messaging.Worker.Tests.MarketData.PriceFolder;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

public class CsvPriceFileTests
{
    private static readonly DateOnly Today = new(2026, 1, 1);

    [Fact]
    public void ColumnsInAnyOrder_AreFoundByName()
    {
        var series = Parse("Close, note ,volume,low,high,time,open", "3,hello,10,1,4,2024-01-01,2").Series;

        Assert.Equal("BTC", series.Symbol);
        Assert.Equal(new Bar(new DateOnly(2024, 1, 1), 2, 4, 1, 3, 10), series.Bars.Span[0]);
        Assert.False(series.HasChange1h || series.HasChange24h);
    }

    [Fact]
    public void ChangeColumns_EmptyCellsAreNaN()
    {
        var series = Parse("time,open,high,low,close,volume,change_1h,change_24h", "2024-01-01,1,1,1,1,1,0.5,", "2024-01-02,1,1,1,1,1,,-2").Series;

        Assert.True(series.HasChange1h && series.HasChange24h);
        Assert.Equal([0.5, double.NaN], series.Bars.ToArray().Select(bar => bar.Change1h));
        Assert.Equal([double.NaN, -2], series.Bars.ToArray().Select(bar => bar.Change24h));
    }

    [Fact]
    public void OneChangeColumn_IsTheOnlyOneTheSourceHas()
    {
        var series = Parse("time,open,high,low,close,volume,change_24h", "2024-01-01,1,1,1,1,1,3").Series;

        Assert.False(series.HasChange1h);
        Assert.True(series.HasChange24h);
    }

    [Fact]
    public void EmptyMarketCap_FollowsTheCloseFromTheLastKnownOne()
    {
        var series = Parse(
            Header, Row("2024-01-01", "10"), Row("2024-01-02", "10", "1000"), Row("2024-01-03", "20"),
            Row("2024-01-04", "20", "3000"), Row("2024-01-05", "10")).Series;

        Assert.Equal([0, 1000, 2000, 3000, 1500], series.Bars.ToArray().Select(bar => bar.MarketCap));
    }

    [Theory]
    [InlineData("2024-01-31")]
    [InlineData("2024-01-31T00:00:00Z")]
    [InlineData("2024-01-31T00:00:00.000Z")]
    [InlineData("2024-01-31T00:00:00+00:00")]
    [InlineData("2024-01-31T00:00:00")]
    [InlineData("\"2024-01-31\"")]
    public void MidnightInstants_AreDays(string time) =>
        Assert.Equal(new DateOnly(2024, 1, 31), Parse(Header, $"{time},1,1,1,1,1,").Series.Bars.Span[0].Day);

    [Fact]
    public void MissingDays_AreGaps()
    {
        var gaps = Parse(Header, Row("2024-01-01"), Row("2024-01-02"), Row("2024-01-05"), Row("2024-01-07")).Gaps;

        Assert.Equal([new(4, new(2024, 1, 3), new(2024, 1, 4)), new(5, new(2024, 1, 6), new(2024, 1, 6))], gaps);
    }

    [Theory]
    [InlineData("2024-01-02,0,2,1,1,1,", "open", "'0'", "a positive number")]
    [InlineData("2024-01-02,1,2,-1,1,1,", "low", "'-1'", "a positive number")]
    [InlineData("2024-01-02,1,2,1,NaN,1,", "close", "'NaN'", "a positive number")]
    [InlineData("2024-01-02,1,1e999,1,1,1,", "high", "'Infinity'", "a positive number")]
    [InlineData("2024-01-02,1,1,2,1,1,", "high", "'1'", "at least the low of 2")]
    [InlineData("2024-01-02,1,2,1,1,-5,", "volume", "'-5'", "at least 0")]
    [InlineData("2024-01-02,1,2,1,1,5,-1", "market_cap", "'-1'", "at least 0")]
    [InlineData("2024-01-02,1,2,1,abc,5,", "close", "'abc'", "a number")]
    [InlineData("2024-01-02,1,2,1,1 000,5,", "close", "'1 000'", "a number")]
    [InlineData("2024-01-02,1,2,1,,5,", "close", "''", "a number")]
    [InlineData("2024-01-02,1,2,1,1,5,many", "market_cap", "'many'", "a number")]
    [InlineData("02.01.2024,1,2,1,1,5,", "time", "'02.01.2024'", "2024-01-31")]
    [InlineData("2024-02-30,1,2,1,1,5,", "time", "'2024-02-30'", "2024-01-31")]
    [InlineData("2024-01-02T05:00:00Z,1,2,1,1,5,", "time", "'2024-01-02T05:00:00Z'", "2024-01-31")]
    [InlineData("2024-01-01,1,2,1,1,5,", "time", "'2024-01-01'", "a day after 2024-01-01")]
    [InlineData("2023-12-31,1,2,1,1,5,", "time", "'2023-12-31'", "a day after 2024-01-01")]
    [InlineData("2024-01-02,1,2,1,1", "volume", "5 fields", "expected 7")]
    [InlineData("2024-01-02,1,2,1,1,1,1,1", "after market_cap", "8 fields", "expected 7")]
    public void FaultyRow_IsNamedByFileLineAndColumn(string row, string column, string found, string expected)
    {
        var message = Fault(Header, Row("2024-01-01"), row);

        Assert.StartsWith($"BTC.csv line 3, column {column}: found ", message, StringComparison.Ordinal);
        Assert.Contains(found, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-01-02,\"1,2,1,1,5,")]
    [InlineData("2024-01-02,1\"1,2,1,1,5,")]
    [InlineData("2024-01-02,\"1\"x,2,1,1,5,")]
    public void QuotedGarbage_IsNamedByFileAndLine(string row) =>
        Assert.StartsWith("BTC.csv line 3: found a quote out of place", Fault(Header, Row("2024-01-01"), row, Row("2024-01-03")), StringComparison.Ordinal);

    [Fact]
    public void MissingColumn_IsNamed() =>
        Assert.StartsWith(
            "BTC.csv line 1, column close: found no such column in 'time,open,high,low,volume'", Fault("time,open,high,low,volume"), StringComparison.Ordinal);

    [Fact]
    public void ColumnTwice_IsNamed() =>
        Assert.StartsWith("BTC.csv line 1, column close: found it twice", Fault("time,open,high,low,close,volume,Close"), StringComparison.Ordinal);

    [Fact]
    public void EmptyFile_IsAFault()
    {
        Assert.StartsWith("BTC.csv line 1: found an empty file", Fault(), StringComparison.Ordinal);
        Assert.StartsWith("BTC.csv line 1: found an empty file", Fault("", "", ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void ByteOrderMark_SetsTheEncoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        using var stream = new MemoryStream([.. encoding.GetPreamble(), .. encoding.GetBytes($"{Header}\r\n{Row("2024-01-01")}\r\n")]);

        Assert.Equal(1, CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today).Series.Bars.Length);
    }

    [Fact]
    public void HeaderAlone_IsASeriesWithoutBars() => Assert.True(Parse(Header).Series.Bars.IsEmpty);

    [Fact]
    public void ControlCharacters_DoNotReachTheMessage()
    {
        var message = Fault(Header, "\u001b[31m" + new string('x', 500) + ",1,1,1,1,1,");

        Assert.DoesNotContain('\u001b', message);
        Assert.InRange(message.Length, 50, 250);
    }

    [Fact]
    public void EndlessRow_IsRefusedBeforeItIsInMemory()
    {
        using var commas = new MemoryStream(Encoding.UTF8.GetBytes(Header + "\n" + new string(',', CsvTable.MaxBytes - 100)));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Throws<InvalidMarketDataException>(() => CsvPriceFile.Parse(commas, "BTC.csv", "BTC", Today));

        Assert.StartsWith("BTC.csv line 2", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * 1024 * 1024);
    }

    [Fact]
    public void TooManyRows_AreRefused()
    {
        var first = new DateOnly(1700, 1, 1);
        var rows = Enumerable.Range(0, CsvPriceFile.MaxRows + 1).Select(day => Row(first.AddDays(day).ToString("O"), "1"));

        Assert.Contains("expected at most 100000", Fault([Header, .. rows]), StringComparison.Ordinal);
    }

    private static CsvPrices Parse(params string[] lines)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today);
    }

    private static string Fault(params string[] lines) => Assert.Throws<InvalidMarketDataException>(() => Parse(lines)).Message;
}
