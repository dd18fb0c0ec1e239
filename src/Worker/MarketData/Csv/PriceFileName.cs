using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Whose prices a file has, by its name: <c>BTC.csv</c>, or a pair with the US dollar or a coin that is pegged to it, between the names of an exchange, an
/// interval and a date (<c>BTCUSDT-1d-2024-01.csv</c>, <c>Binance_BTCUSDT_d.csv</c>, <c>btc-usd-max.csv</c>). Where nothing stands between the two, the
/// symbol is a supported one. A name with any other word in it is none of a price file.
/// </summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Series">The name without extension and date. Files of one series are its parts.</param>
internal sealed record PriceFileName(string Symbol, string Series)
{
    private static readonly char[] Between = ['_', '-', ' ', ','];

    private static readonly FrozenSet<string> Quotes = Words("USDT USDC FDUSD BUSD TUSD ZUSD USD");

    private static readonly FrozenSet<string> Exchanges = Words(
        "BINANCE BINANCEUS BITFINEX BITGET BITSTAMP BYBIT COINBASE CRYPTO CRYPTOCOM GATE GATEIO GEMINI HTX HUOBI INDEX KRAKEN KUCOIN MEXC OKX POLONIEX "
            + "YAHOO COINGECKO COINMARKETCAP");

    private static readonly FrozenSet<string> Suffixes = Words(
        "D 1D D1 DAY DAILY 1440 1440MIN H 1H H1 60 60MIN HOUR HOURLY 4H 240 12H 720 1M 5M 15M 30M MINUTE MAX HISTORY HISTORICAL DATA PRICES KLINES "
            + "CANDLES OHLC OHLCV OHLCVT");

    // Kraken's own names of coins, which begin with X for the older ones.
    private static readonly FrozenDictionary<string, string> Kraken = new[]
    {
        ("XBT", "BTC"), ("XXBT", "BTC"), ("XDG", "DOGE"), ("XXDG", "DOGE"), ("XETH", "ETH"), ("XETC", "ETC"), ("XLTC", "LTC"), ("XXRP", "XRP"),
    }.ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    /// <summary>How price files are named, for messages.</summary>
    public static string Expected => "SYMBOL.csv or like a pair (BTC-USD.csv, BTCUSDT-1d-2024-01.csv)";

    /// <summary>The symbol that the name is, where the name is one: BTC.csv.</summary>
    public static bool TryPlain(string fileName, SymbolCatalog catalog, [NotNullWhen(true)] out PriceFileName? plain)
    {
        var name = Path.GetFileNameWithoutExtension(fileName);
        plain = IsCsv(fileName) && !name.Contains(' ', StringComparison.Ordinal) && catalog.TryNormalise(name, out var symbol)
            ? new(symbol, name.ToUpperInvariant())
            : null;
        return plain is not null;
    }

    /// <summary>The symbol of the pair in the name.</summary>
    public static bool TryPair(string fileName, SymbolCatalog catalog, [NotNullWhen(true)] out PriceFileName? pair)
    {
        pair = null;
        var words = Path.GetFileNameWithoutExtension(fileName).ToUpperInvariant().Split(Between, StringSplitOptions.RemoveEmptyEntries);
        var at = words.Length > 1 && Exchanges.Contains(words[0]) ? 1 : 0;
        if (!IsCsv(fileName) || at == words.Length || IsSupported(words[at], catalog, out _) && words.Length == 1)
        {
            return false;
        }

        if (IsPair(words[at], catalog, out var symbol))
        {
            at++;
        }
        else if (words.Length > at + 1 && Quotes.Contains(words[at + 1]) && catalog.TryNormalise(Coin(words[at]), out symbol))
        {
            at += 2;
        }
        else if (IsSupported(words[at], catalog, out symbol))
        {
            at++;
        }
        else
        {
            return false;
        }

        var rest = words[at..];
        if (!rest.All(word => Suffixes.Contains(word) || IsDate(word)))
        {
            return false;
        }

        pair = new(symbol, string.Join('-', words[..at].Concat(rest.Where(Suffixes.Contains))));
        return true;
    }

    private static bool IsPair(string word, SymbolCatalog catalog, [NotNullWhen(true)] out string? symbol)
    {
        foreach (var quote in Quotes)
        {
            if (word.EndsWith(quote, StringComparison.Ordinal) && IsSupported(word[..^quote.Length], catalog, out symbol))
            {
                return true;
            }
        }

        symbol = null;
        return false;
    }

    private static bool IsSupported(string word, SymbolCatalog catalog, [NotNullWhen(true)] out string? symbol) =>
        catalog.TryNormalise(Coin(word), out symbol) && catalog.IsSupported(symbol);

    private static string Coin(string word) => Kraken.GetValueOrDefault(word, word);

    // A year, or a month or a day of two digits.
    private static bool IsDate(string word) => word.Length is 2 or 4 && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && (word.Length == 2 ? number is >= 1 and <= 31 : number is >= 2009 and < 2100);

    private static bool IsCsv(string fileName) => Path.GetExtension(fileName).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    private static FrozenSet<string> Words(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
