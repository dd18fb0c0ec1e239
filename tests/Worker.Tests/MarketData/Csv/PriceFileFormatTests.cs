using System.Text;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

/// <summary>What is said of files that others write: whose format it is, why a file is refused, and what to do.</summary>
public class PriceFileFormatTests
{
    private static readonly DateOnly Today = new(2026, 1, 1);

    [Theory]
    [InlineData("Binance klines in us", "Binance klines, times as microseconds since 1970")]
    [InlineData("python-binance", "Binance klines")]
    [InlineData("yfinance", "Yahoo")]
    [InlineData("Kraken OHLCVT", "Kraken OHLCVT, times as seconds since 1970")]
    [InlineData("Coinbase without header", "Coinbase candles, times as seconds since 1970, newest first")]
    [InlineData("CoinMarketCap", "CoinMarketCap's export, newest first")]
    [InlineData("Investing.com", "Investing.com's export, times as month/day/year, newest first")]
    [InlineData("newest first", "daily prices, newest first")]
    [InlineData("hours", "daily prices, times as seconds since 1970, from rows of 6 hours")]
    public void Format_IsDescribed(string dialect, string expected)
    {
        Bar[] bars = [.. Enumerable.Range(0, 20).Select(i => new Bar(new DateOnly(2024, 1, 1).AddDays(i), 2000.25, 2010.5 + i, 1999.75, 2001.5, 400))];

        Assert.Equal(expected, Read([.. PriceDialects.All[dialect](bars)]).Recognised);
    }

    [Theory]
    [InlineData("<!DOCTYPE html>\n<html><body>Not Found</body></html>", "a web page (HTML)", "download the file itself")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5", "a Git LFS pointer", "git lfs pull")]
    [InlineData("\u001f\u008b\b\0\0\0", "a gzip archive", "gunzip")]
    [InlineData("PK\u0003\u0004BTCUSDT-1d-2024-01.csv", "a zip archive", "unzip")]
    [InlineData("PK\u0003\u0004[Content_Types].xml", "an Excel workbook", "save it as CSV")]
    [InlineData("PAR1\u0015\u0004", "a Parquet file", "to_csv")]
    [InlineData("{\"prices\": [[1, 2]]}", "JSON", "with a header")]
    [InlineData("[[1695945600000, 1]]", "JSON", "with a header")]
    [InlineData("t\0i\0m\0e\0,\0o\0", "text in UTF-16 without a byte order mark", "save it as UTF-8")]
    public void OtherContent_IsNamedWithWhatToDo(string content, string found, string todo)
    {
        var fault = Fault(Encoding.Latin1.GetBytes(content));

        Assert.StartsWith($"BTC.csv line 1: found {found}, expected prices as CSV: ", fault, StringComparison.Ordinal);
        Assert.Contains(todo, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void OnePriceADay_IsNoBar() => Assert.Equal(
        "BTC.csv line 1: found CoinGecko's export, one price a day without open, high and low, expected daily bars (time,open,high,low,close,volume): "
            + "export candles from an exchange",
        Fault("snapped_at,price,market_cap,total_volume", "2024-01-31 00:00:00 UTC,42580.5,8e11,2e10"));

    [Fact]
    public void DayAndMonthThatNoRowTellsApart_AreBothNamed() => Assert.Equal(
        "BTC.csv line 2, column Date: found '01/02/2024', expected a day that can be read in one way: this is 2024-01-02 as month/day/year, or 2024-02-01 as "
            + "day/month/year, and no row shows which",
        Fault("Date,Open,High,Low,Close,Volume", "01/02/2024,1,2,1,2,5", "02/02/2024,1,2,1,2,5"));

    [Theory]
    [InlineData("01/12/2024", "01/13/2024", "2024-01-12", "2024-01-13")]
    [InlineData("12/01/2024", "13/01/2024", "2024-01-12", "2024-01-13")]
    [InlineData("Jan 12, 2024", "Jan 13, 2024", "2024-01-12", "2024-01-13")]
    [InlineData("20240112", "20240113", "2024-01-12", "2024-01-13")]
    [InlineData("1705017600.0", "1705104000.0", "2024-01-12", "2024-01-13")]
    public void DayOverTwelve_ShowsTheMonth(string first, string second, string firstDay, string secondDay) => Assert.Equal(
        [DateOnly.Parse(firstDay), DateOnly.Parse(secondDay)],
        Read("Date,Open,High,Low,Close,Volume", $"\"{first}\",1,2,1,2,5", $"\"{second}\",1,2,1,2,5").Series.Bars.ToArray().Select(bar => bar.Day));

    [Fact]
    public void CommaThatMayBeEither_IsRefusedWithBothReadings() => Assert.Equal(
        "BTC.csv line 2, column open: found '1,234', expected a number that can be read in one way: this is 1234 with commas between thousands, "
            + "or 1.234 with a decimal comma, and no other cell shows which",
        Fault("Date;Open;High;Low;Close;Volume", "2024-01-12;1,234;1,240;1,200;1,210;100"));

    [Theory]
    [InlineData("1705017600,2,9,1,3,7", 2, 9, 1, 3, 7)]
    [InlineData("1705017600,1,9,2,3,7", 2, 9, 1, 3, 7)]
    [InlineData("1705017600,2,3,9,1,7", 2, 9, 1, 3, 7)]
    [InlineData("1705017600,2,9,1,3,7,11", 2, 9, 1, 3, 7)]
    [InlineData("1705017600,2,3,9,1,7,11", 2, 9, 1, 3, 7)]
    public void OrderOfColumnsWithoutNames_IsTheOneThatMakesBars(string row, double open, double high, double low, double close, double volume) => Assert.Equal(
        new Bar(new DateOnly(2024, 1, 12), open, high, low, close, volume),
        Read("1704931200,5,5,5,5,5" + (row.Split(',').Length > 6 ? ",5" : ""), row).Series.Bars.Span[1]);

    [Fact]
    public void ColumnsWithoutNamesOfNoKnownOrder_AreRefused() => Assert.StartsWith(
        "BTC.csv line 1: found 10 columns without names, expected the header time,open,high,low,close,volume, or", Fault("1705017600,1,1,1,1,1,1,1,1,1"),
        StringComparison.Ordinal);

    [Fact]
    public void FlatRowsThatAreEqualInEveryOrder_AreRead() => Assert.Equal(
        2, Read("1705017600,2,2,2,2,2", "1705104000,2,2,2,2,2").Series.Bars.Length);

    [Theory]
    [InlineData("time,date,open,high,low,close,volume", "2024-01-12,2024-01-13,1,2,1,2,5", "column time and date: found '2024-01-12 and 2024-01-13'")]
    [InlineData("time,open,high,low,close,volume,Vol", "2024-01-12,1,2,1,2,5,6", "column volume: found two columns of it, 'volume' and 'Vol'")]
    [InlineData("time,open,high,low,close,volume", "0086400,1,2,1,2,5", "column time: found '0086400', expected a UTC day like 2024-01-31")]
    [InlineData("time,open,high,low,close,volume", "1970-01-02,1,2,1,2,5", "column time: found '1970-01-02', expected a first day from 2009-01-01")]
    [InlineData("time,open,high,low,close,volume", "2026-01-03,1,2,1,2,5", "to tomorrow, 2026-01-02")]
    [InlineData("time,open,high,low,close,volume", "1167609600,1,2,1,2,5", "column time: found '2007-01-01', expected a first day from 2009-01-01")]
    public void Contradictions_AreNamed(string header, string row, string expected) => Assert.Contains(expected, Fault(header, row), StringComparison.Ordinal);

    [Fact]
    public void RowsOfTwoSymbols_AreRefused() => Assert.Equal(
        "BTC.csv line 3, column symbol: found 'ETHUSD', expected BTCUSD as in the rows before: a file has the prices of one symbol",
        Fault("Date,Symbol,Open,High,Low,Close,Volume", "2024-01-12,BTCUSD,1,2,1,2,5", "2024-01-13,ETHUSD,1,2,1,2,5"));

    [Fact]
    public void DaysOfAnotherZone_AreNoUtcDays() => Assert.StartsWith(
        "BTC.csv line 2, column Date: found '2024-01-11T23:00:00Z', expected a UTC day",
        Fault("Date,Open,High,Low,Close,Volume", "2024-01-12 00:00:00+01:00,1,2,1,2,5", "2024-01-13 00:00:00+01:00,1,2,1,2,5"), StringComparison.Ordinal);

    [Fact]
    public void Weeks_AreNoDays() => Assert.Contains(
        "expected one row a day: these are 7 days or more apart",
        Fault([
            "Date,Open,High,Low,Close,Volume", .. Enumerable.Range(0, 12).Select(week => $"{new DateOnly(2024, 1, 1).AddDays(week * 7):O},1,2,1,2,5"),
        ]),
        StringComparison.Ordinal);

    [Fact]
    public void PartsOfADay_AreAggregated_AndIncompleteDaysAtTheEndsLeftOut()
    {
        var first = new DateTime(2024, 1, 1, 6, 0, 0);
        var rows = Enumerable.Range(0, 72).Select(hour => $"{first.AddHours(hour):s},{10 + hour},{12 + hour},{9 + hour},{11 + hour},2");

        var prices = Read(["date,open,high,low,close,volume", .. rows]);

        Assert.Equal([new(new DateOnly(2024, 1, 2), 28, 53, 27, 52, 48), new(new DateOnly(2024, 1, 3), 52, 77, 51, 76, 48)], prices.Series.Bars.ToArray());
        Assert.Equal("daily prices, from rows of 1 hour, 2 incomplete days left out", prices.Recognised);
    }

    [Fact]
    public void DayThatYahooHasNoPricesOf_IsMissing()
    {
        var prices = Read(
            "Date,Open,High,Low,Close,Adj Close,Volume", "2024-01-12,1,2,1,2,2,5", "2024-01-13,null,null,null,null,null,null", "2024-01-14,1,2,1,2,2,5");

        Assert.Equal(new DateOnly(2024, 1, 13), Assert.Single(prices.Gaps).First);
    }

    [Fact]
    public void TheSameDayTwiceWithOtherPrices_IsRefused() => Assert.Contains(
        "expected a day after 2024-01-12, the row before",
        Fault("Date,Open,High,Low,Close,Volume", "2024-01-12,1,2,1,2,5", "2024-01-12,1,2,1,1,5"), StringComparison.Ordinal);

    private static CsvPrices Read(params string[] lines)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        return CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today);
    }

    private static string Fault(params string[] lines) => Fault(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

    private static string Fault(byte[] content)
    {
        using var stream = new MemoryStream(content);
        return Assert.Throws<InvalidMarketDataException>(() => CsvPriceFile.Parse(stream, "BTC.csv", "BTC", Today)).Message;
    }
}
