using System.Collections.Frozen;
using System.Text;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>What a column of a price file holds.</summary>
internal enum CsvPriceRole
{
    Time,
    Open,
    High,
    Low,
    Close,

    /// <summary>A single price, which is the close where no other column is.</summary>
    Price,

    /// <summary>In coins, or in the unit of a source that names none.</summary>
    Volume,

    /// <summary>In the quote currency; used where there is no other volume.</summary>
    QuoteVolume,
    MarketCap,
    Change1h,
    Change24h,

    /// <summary>The coin of a row.</summary>
    Symbol,

    /// <summary>A mark of invented prices.</summary>
    Synthetic,
}

/// <summary>
/// The names that exchanges, libraries and data sites give to the columns of a price file. Case, blanks and punctuation do not matter: <c>Open time</c>
/// is <c>open_time</c>. Columns with other names are not read.
/// </summary>
internal static class CsvPriceNames
{
    private static readonly FrozenDictionary<string, CsvPriceRole> Roles = new (CsvPriceRole Role, string Names)[]
    {
        (CsvPriceRole.Time, "time date datetime timestamp unix unixtime unixtimestamp opentime timeopen timeperiodstart windowstart periodstart start "
            + "starttime startat day t ts mts snappedat"),
        (CsvPriceRole.Open, "open o openprice priceopen openusd first"),
        (CsvPriceRole.High, "high h highprice pricehigh highusd"),
        (CsvPriceRole.Low, "low l lowprice pricelow lowusd"),
        (CsvPriceRole.Close, "close c closeprice priceclose closeusd closelast last"),
        (CsvPriceRole.Price, "price"),
        (CsvPriceRole.Volume, "volume v vol volumetraded volumefrom basevolume volumebase baseassetvolume volumecrypto"),
        (CsvPriceRole.QuoteVolume, "quotevolume volumequote quoteassetvolume quoteav volumeto volumecurrency volumenotional turnover totalvolume volccyquote"),
        (CsvPriceRole.MarketCap, "marketcap marketcapitalization mcap"),
        (CsvPriceRole.Change1h, "change1h"),
        (CsvPriceRole.Change24h, "change24h"),
        (CsvPriceRole.Symbol, "symbol ticker pair instrumentname"),
        (CsvPriceRole.Synthetic, CsvPriceColumns.SyntheticName),
    }.SelectMany(row => row.Names.Split(' '), (row, name) => KeyValuePair.Create(name, row.Role)).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly char[] Between = [' ', '_', '(', ')'];

    // "Volume BTC" is in coins and "Volume USDT" in the quote currency, in either order.
    private static readonly FrozenSet<string> Quotes = FrozenSet.Create(
        StringComparer.Ordinal, "usd", "usdt", "usdc", "busd", "fdusd", "tusd", "eur", "gbp", "jpy", "krw", "try");

    // TradingView's "Volume MA" is no volume.
    private static readonly FrozenSet<string> Averages = FrozenSet.Create(StringComparer.Ordinal, "ma", "sma", "ema", "avg", "average");

    /// <summary>What the column of a name holds; null for a column that is not read.</summary>
    public static CsvPriceRole? Find(string name)
    {
        var key = Key(name);
        if (Roles.TryGetValue(key, out var role))
        {
            return role;
        }

        var words = name.Split(Between, StringSplitOptions.RemoveEmptyEntries);
        return words is [var volume, var unit] && volume.Equals("volume", StringComparison.OrdinalIgnoreCase) && !Averages.Contains(Key(unit))
            ? Quotes.Contains(Key(unit)) ? CsvPriceRole.QuoteVolume : CsvPriceRole.Volume
            : null;
    }

    /// <summary>A name without what does not matter.</summary>
    public static string Key(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var c in name.AsSpan(NumberLength(name)))
        {
            if (char.IsLetterOrDigit(c))
            {
                key.Append(char.ToLowerInvariant(c));
            }
        }

        return key.ToString();
    }

    // Alpha Vantage numbers its columns: "4a. close (USD)".
    private static int NumberLength(string name)
    {
        var end = name.IndexOf(". ", StringComparison.Ordinal);
        return end is 1 or 2 or 3 && char.IsAsciiDigit(name[0]) ? end + 2 : 0;
    }
}
