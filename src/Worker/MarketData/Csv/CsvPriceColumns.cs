namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>The columns of a price file, by the names in its header. Other columns are ignored.</summary>
/// <param name="Times">One or more columns with the time of a row.</param>
internal sealed record CsvPriceColumns(
    IReadOnlyList<CsvColumn> Times, CsvColumn Open, CsvColumn High, CsvColumn Low, CsvColumn Close, CsvColumn Volume)
{
    public const string Required = "time,open,high,low,close,volume";
    public const string SyntheticName = "synthetic";

    // What pandas calls an index without a name, and the first column of yfinance.
    private static readonly string[] IndexNames = ["", "index", "price", "ticker", "unnamed0"];

    public CsvColumn? MarketCap { get; private init; }

    public CsvColumn? Change1h { get; private init; }

    public CsvColumn? Change24h { get; private init; }

    public CsvColumn? Symbol { get; private init; }

    /// <summary>Marks invented prices, so that a copy of the file still says so.</summary>
    public CsvColumn? Synthetic { get; private init; }

    /// <summary>The columns with numbers.</summary>
    public IReadOnlyList<CsvColumn> Numbers =>
        [Open, High, Low, Close, Volume, .. new[] { MarketCap, Change1h, Change24h }.Where(column => column is not null).Select(column => column!.Value)];

    /// <exception cref="InvalidMarketDataException">A required column is missing, or two columns hold the same.</exception>
    public static CsvPriceColumns Find(CsvTable table)
    {
        var found = table.Names.Select((name, index) => (Role: CsvPriceNames.Find(name), Name: name, Index: index)).ToLookup(
            column => column.Role, column => new CsvColumn(column.Index, column.Name));
        RefusePriceAlone(table, found);
        var times = found[CsvPriceRole.Time].ToArray();
        if (times.Length == 0 && IndexNames.Contains(CsvPriceNames.Key(table.Names[0]), StringComparer.Ordinal))
        {
            times = [new(0, "time")];
        }

        return new(
            times.Length > 0 ? Array.ConvertAll(times, time => Named(time, "time")) : throw table.Missing("time"),
            Require(CsvPriceRole.Open, "open"), Require(CsvPriceRole.High, "high"), Require(CsvPriceRole.Low, "low"),
            One(CsvPriceRole.Close, "close") ?? Require(CsvPriceRole.Price, "close"),
            One(CsvPriceRole.Volume, "volume") ?? Require(CsvPriceRole.QuoteVolume, "volume"))
        {
            MarketCap = One(CsvPriceRole.MarketCap, "market_cap"),
            Change1h = One(CsvPriceRole.Change1h, "change_1h"),
            Change24h = One(CsvPriceRole.Change24h, "change_24h"),
            Symbol = One(CsvPriceRole.Symbol, "symbol"),
            Synthetic = One(CsvPriceRole.Synthetic, SyntheticName),
        };

        CsvColumn Require(CsvPriceRole role, string name) => One(role, name) ?? throw table.Missing(name);

        CsvColumn? One(CsvPriceRole role, string name)
        {
            var columns = found[role].ToArray();
            if (columns is [var first, var second, ..] && !IsTwin(first, second))
            {
                throw first.Name.Equals(second.Name, StringComparison.OrdinalIgnoreCase)
                    ? table.Twice(name, "it twice")
                    : table.Twice(name, $"two columns of it, '{first.Name}' and '{second.Name}'");
            }

            return columns.Length == 0 ? null : Named(columns[0], name);
        }
    }

    /// <summary>The columns of a file without a header.</summary>
    /// <param name="order">A letter for each column: t, o, h, l, c, v, or any other for a column that is not read.</param>
    public static CsvPriceColumns InOrder(string order)
    {
        return new([Of('t', "time")], Of('o', "open"), Of('h', "high"), Of('l', "low"), Of('c', "close"), Of('v', "volume"));

        CsvColumn Of(char letter, string name) => new(order.IndexOf(letter, StringComparison.Ordinal), name);
    }

    /// <summary>The name in the file of the column that a rule of bars names.</summary>
    public string NameOf(string column) => column switch
    {
        "open" => Open.Name,
        "high" => High.Name,
        "low" => Low.Name,
        "close" => Close.Name,
        "volume" => Volume.Name,
        _ => MarketCap?.Name ?? column,
    };

    // Alpha Vantage writes the columns in USD twice where the market is USD.
    private static bool IsTwin(CsvColumn first, CsvColumn second) =>
        first.Name == second.Name && first.Name.EndsWith("(USD)", StringComparison.OrdinalIgnoreCase);

    private static CsvColumn Named(CsvColumn column, string name) =>
        column.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? column with { Name = name } : column;

    private static void RefusePriceAlone(CsvTable table, ILookup<CsvPriceRole?, CsvColumn> found)
    {
        if ((found.Contains(CsvPriceRole.Price) || found.Contains(CsvPriceRole.Close))
            && !found.Contains(CsvPriceRole.Open) && !found.Contains(CsvPriceRole.High) && !found.Contains(CsvPriceRole.Low))
        {
            var site = found[CsvPriceRole.Time].Any(time => CsvPriceNames.Key(time.Name) == "snappedat") ? "CoinGecko's export, " : "";
            throw table.Fault($"{site}one price a day without open, high and low", $"daily bars ({Required}): export candles from an exchange");
        }
    }
}
