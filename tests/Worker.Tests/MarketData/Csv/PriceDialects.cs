using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Tests.MarketData.Csv;

/// <summary>How exchanges, libraries and data sites write daily bars. Each writes the same bars as the project's own format.</summary>
internal static class PriceDialects
{
    private static readonly NumberFormatInfo German = new() { NumberDecimalSeparator = ",", NumberGroupSeparator = "." };

    /// <summary>By name: the lines of the file.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Bar[], IEnumerable<string>>> All = new Dictionary<string, Func<Bar[], IEnumerable<string>>>
    {
        ["canonical"] = bars => bars.Select(bar => $"{Iso(bar)},{Ohlcv(bar)}").Prepend("time,open,high,low,close,volume"),
        ["newest first"] = bars => bars.Select(bar => $"{Iso(bar)},{Ohlcv(bar)}").Reverse().Prepend("time,open,high,low,close,volume"),
        ["Binance klines in ms"] = bars => bars.Select(bar => Kline(bar, 1_000)),
        ["Binance klines in us"] = bars => bars.Select(bar => Kline(bar, 1_000_000)),
        ["Binance klines with header"] = bars => bars.Select(bar => Kline(bar, 1_000))
            .Prepend("open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"),
        ["python-binance"] = bars => bars.Select((bar, i) => $"{i},{Iso(bar)},{Ohlcv(bar)},{Iso(bar)} 23:59:59.999000,0.0,1,0.0,0.0,0")
            .Prepend(",Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,Taker buy base asset volume,"
                + "Taker buy quote asset volume,Ignore"),
        ["CCXT"] = bars => bars.Select(bar => $"{Seconds(bar)}000,{Ohlcv(bar)}").Prepend("timestamp,open,high,low,close,volume"),
        ["CCXT without header"] = bars => bars.Select(bar => $"{Seconds(bar)}000,{Ohlcv(bar)}"),
        ["freqtrade"] = bars => bars.Select(bar => $"{Iso(bar)} 00:00:00+00:00,{Ohlcv(bar)}").Prepend("date,open,high,low,close,volume"),
        ["pandas"] = bars => bars.Select(bar => $"{Iso(bar)},{Ohlcv(bar)}").Prepend(",open,high,low,close,volume"),
        ["Yahoo"] = bars => bars.Select(bar => $"{Iso(bar)},{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Close / 2},{bar.Volume}")
            .Prepend("Date,Open,High,Low,Close,Adj Close,Volume"),
        ["yfinance"] = bars => bars.Select(bar => $"{Iso(bar)},{bar.Close},{bar.High},{bar.Low},{bar.Open},{bar.Volume}")
            .Prepend("Date,,,,,").Prepend("Ticker,BTC-USD,BTC-USD,BTC-USD,BTC-USD,BTC-USD").Prepend("Price,Close,High,Low,Open,Volume"),
        ["yfinance by ticker"] = bars => bars.Select(bar => $"{Iso(bar)},{Ohlcv(bar)}")
            .Prepend("Date,,,,,").Prepend("Price,Open,High,Low,Close,Volume").Prepend("Ticker,BTC-USD,BTC-USD,BTC-USD,BTC-USD,BTC-USD"),
        ["yfinance history"] = bars => bars.Select(bar => $"{Iso(bar)} 00:00:00+00:00,{Ohlcv(bar)},0.0,0.0")
            .Prepend("Date,Open,High,Low,Close,Volume,Dividends,Stock Splits"),
        ["Kraken OHLCVT"] = bars => bars.Select(bar => $"{Seconds(bar)},{Ohlcv(bar)},17"),
        ["Coinbase"] = bars => bars.Select(bar => $"{Seconds(bar)},{bar.Low},{bar.High},{bar.Open},{bar.Close},{bar.Volume}").Reverse()
            .Prepend("time,low,high,open,close,volume"),
        ["Coinbase without header"] = bars => bars.Select(bar => $"{Seconds(bar)},{bar.Low},{bar.High},{bar.Open},{bar.Close},{bar.Volume}").Reverse(),
        ["KuCoin"] = bars => bars.Select(bar => $"{Seconds(bar)},{bar.Open},{bar.Close},{bar.High},{bar.Low},{bar.Volume},1").Reverse(),
        ["CryptoDataDownload"] = bars => bars.Select(bar => $"{Seconds(bar)},{Iso(bar)} 00:00:00,BTC/USD,{Ohlcv(bar)},{bar.Volume * bar.Close}").Reverse()
            .Prepend("unix,date,symbol,open,high,low,close,Volume BTC,Volume USD").Prepend("https://www.CryptoDataDownload.com"),
        ["CryptoDataDownload, quote first"] = bars => bars.Select(
                bar => $"{Seconds(bar)}000,{Iso(bar)},BTCUSDT,{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume * bar.Close},{bar.Volume},17").Reverse()
            .Prepend("Unix,Date,Symbol,Open,High,Low,Close,Volume USDT,Volume BTC,tradecount").Prepend("https://www.CryptoDataDownload.com"),
        ["Gemini"] = bars => bars.Select(bar => $"{Seconds(bar)}000,{Iso(bar)} 00:00:00,BTCUSD,{Ohlcv(bar)}").Reverse()
            .Prepend("Unix Timestamp,Date,Symbol,Open,High,Low,Close,Volume").Prepend("https://www.CryptoDataDownload.com"),
        ["CoinMarketCap"] = bars => bars.Select(bar => string.Join(
                ';', Quoted(bar, "T00:00:00.000Z"), Quoted(bar, "T23:59:59.999Z"), Quoted(bar, "T03:04:00.000Z"), Quoted(bar, "T17:01:00.000Z"), "\"2781\"",
                bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, "", Quoted(bar, "T23:59:59.999Z"))).Reverse()
            .Prepend("timeOpen;timeClose;timeHigh;timeLow;name;open;high;low;close;volume;marketCap;timestamp"),
        ["Investing.com"] = bars => bars.Select(bar => string.Create(
                CultureInfo.InvariantCulture,
                $"\"{bar.Day:MM/dd/yyyy}\",\"{bar.Close:N2}\",\"{bar.Open:N2}\",\"{bar.High:N2}\",\"{bar.Low:N2}\",{(decimal)bar.Volume / 1000}K,-0.36%"))
            .Reverse().Prepend("\uFEFF\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\""),
        ["decimal commas"] = bars => bars.Select(bar => string.Create(
                German, $"{bar.Day:dd.MM.yyyy};{bar.Open:N2};{bar.High:N2};{bar.Low:N2};{bar.Close:N2};{bar.Volume:N0}"))
            .Prepend("Date;Open;High;Low;Close;Volume"),
        ["Kaggle"] = bars => bars.Select(
                (bar, i) => $"{i + 1},Bitcoin,BTC,{Iso(bar)} 23:59:59,{bar.High},{bar.Low},{bar.Open},{bar.Close},{bar.Volume},0.0")
            .Prepend("SNo,Name,Symbol,Date,High,Low,Open,Close,Volume,Marketcap"),
        ["Alpha Vantage"] = bars => bars.Select(bar => $"{Iso(bar)},7,7,7,7,{Ohlcv(bar)},3").Reverse()
            .Prepend("timestamp,open (CNY),high (CNY),low (CNY),close (CNY),open (USD),high (USD),low (USD),close (USD),volume,market cap (USD)"),
        ["Alpha Vantage, USD twice"] = bars => bars.Select(bar => $"{Iso(bar)},{bar.Open},{bar.High},{bar.Low},{bar.Close},{Ohlcv(bar)},3").Reverse()
            .Prepend("timestamp,open (USD),high (USD),low (USD),close (USD),open (USD),high (USD),low (USD),close (USD),volume,market cap (USD)"),
        ["TradingView"] = bars => bars.Select(bar => $"{Iso(bar)}T00:00:00Z,{Ohlcv(bar)},NaN").Prepend("time,open,high,low,close,Volume,Volume MA"),
        ["TradingView in seconds"] = bars => bars.Select(bar => $"{Seconds(bar)},{Ohlcv(bar)}").Prepend("time,open,high,low,close,Volume"),
        ["Polygon"] = bars => bars.Select(
                bar => $"X:BTC-USD,{bar.Volume},{bar.Open},{bar.Close},{bar.High},{bar.Low},{Seconds(bar)}000000000,99")
            .Prepend("ticker,volume,open,close,high,low,window_start,transactions"),
        ["Nasdaq"] = bars => bars.Select(bar => string.Create(
                CultureInfo.InvariantCulture, $"{bar.Day:MM/dd/yyyy},${bar.Close},{bar.Volume},${bar.Open},${bar.High},${bar.Low}")).Reverse()
            .Prepend("Date,Close/Last,Volume,Open,High,Low"),
        ["CoinAPI"] = bars => bars.Select(bar => string.Join(
                ';', $"{Iso(bar)}T00:00:00.0000000Z", $"{Iso(bar)}T23:59:00.0000000Z", bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, 7))
            .Prepend("time_period_start;time_close;price_open;price_high;price_low;price_close;volume_traded;trades_count"),
        ["CryptoCompare"] = bars => bars.Select(
                bar => $"{Seconds(bar)},{bar.High},{bar.Low},{bar.Open},{bar.Volume},{bar.Volume * bar.Close},{bar.Close},direct")
            .Prepend("time,high,low,open,volumefrom,volumeto,close,conversionType"),
        ["MetaTrader"] = bars => bars.Select(bar => string.Create(
                CultureInfo.InvariantCulture, $"{bar.Day:yyyy.MM.dd}\t00:00:00\t{bar.Open}\t{bar.High}\t{bar.Low}\t{bar.Close}\t12\t{bar.Volume}\t5"))
            .Prepend("<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\t<SPREAD>"),
        ["hours"] = bars => bars.SelectMany(Hours).Prepend("timestamp,open,high,low,close,volume"),
        ["repeated last row, blank rows"] = bars => bars.Append(bars[^1]).Select(bar => $"\"{Iso(bar)}\",{Ohlcv(bar)}").Append(",,,,,").Append("")
            .Prepend("\"Date\",\"Open\",\"High\",\"Low\",\"Close\",\"Volume\""),
    };

    // Four rows of a day that together are its bar.
    private static IEnumerable<string> Hours(Bar bar)
    {
        var quarter = bar.Volume / 4;
        return
        [
            $"{Seconds(bar)},{bar.Open},{bar.Open},{bar.Open},{bar.Open},{quarter}",
            $"{Seconds(bar) + 21_600},{bar.Open},{bar.High},{bar.Open},{bar.High},{quarter}",
            $"{Seconds(bar) + 43_200},{bar.High},{bar.High},{bar.Low},{bar.Low},{quarter}",
            $"{Seconds(bar) + 64_800},{bar.Close},{bar.Close},{bar.Close},{bar.Close},{quarter}",
        ];
    }

    private static string Kline(Bar bar, long perSecond) =>
        $"{Seconds(bar) * perSecond},{Ohlcv(bar)},{((Seconds(bar) + 86_400) * perSecond) - 1},0.0,1,0.0,0.0,0";

    private static string Ohlcv(Bar bar) => $"{bar.Open},{bar.High},{bar.Low},{bar.Close},{bar.Volume}";

    private static string Quoted(Bar bar, string clock) => $"\"{Iso(bar)}{clock}\"";

    private static string Iso(Bar bar) => bar.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Seconds(Bar bar) => (long)(bar.Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalSeconds;
}
