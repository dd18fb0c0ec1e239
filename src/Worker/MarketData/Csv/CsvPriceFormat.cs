namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>How a price file is to be read, recognised by its content.</summary>
/// <param name="Name">Whose format it is, in the log; null for the project's own.</param>
internal sealed record CsvPriceFormat(string? Name, CsvPriceColumns Columns, CsvNumberFormat NumberFormat, CsvTimes Times)
{
    /// <summary>The name where the columns do not show the source.</summary>
    public const string Unnamed = "daily prices";

    // Found by columns that no other source has; the first that has all of them.
    private static readonly (string Name, string[] Columns)[] Sources =
    [
        ("Binance klines", ["opentime", "closetime"]),
        ("Yahoo", ["adjclose"]),
        ("Yahoo", ["dividends", "stocksplits"]),
        ("CoinMarketCap's export", ["timeopen", "timehigh", "marketcap"]),
        ("CoinMarketCap's prices from Kaggle", ["sno", "marketcap"]),
        ("Investing.com's export", ["price", "vol", "change"]),
        ("CryptoCompare's prices", ["volumefrom", "volumeto"]),
        ("CoinAPI's prices", ["timeperiodstart", "priceopen"]),
        ("Polygon's aggregates", ["windowstart", "transactions"]),
        ("Polygon's aggregates", ["t", "o", "h", "l", "c"]),
        ("Nasdaq's export", ["closelast"]),
        ("prices from CryptoDataDownload", ["unix", "symbol"]),
        ("prices from CryptoDataDownload", ["unixtimestamp", "symbol"]),
        ("Alpha Vantage's prices", ["openusd", "closeusd"]),
    ];

    /// <summary>Recognises the format of a file.</summary>
    /// <exception cref="InvalidMarketDataException">The file is no price file, or can be read in more than one way.</exception>
    public static CsvPriceFormat Recognise(CsvContent content) => content.Layout.HeaderRows == 0 ? WithoutHeader(content) : WithHeader(content);

    private static CsvPriceFormat WithHeader(CsvContent content)
    {
        var (columns, names) = content.Read(table => (CsvPriceColumns.Find(table), table.Names));
        var numbers = Numbers(content, columns.Numbers);
        var times = CsvTimes.Find(columns.Times, content);
        var isOwn = content.Layout == CsvLayout.Plain with { Fields = content.Layout.Fields } && times.Format.IsIso
            && CsvPriceColumns.Required.Split(',').All(own => names.Contains(own, StringComparer.OrdinalIgnoreCase));
        return new(isOwn ? null : SourceOf(names, content.Layout), columns, numbers, times);
    }

    private static CsvPriceFormat WithoutHeader(CsvContent content)
    {
        var all = Enumerable.Range(1, content.Layout.Fields - 1).Select(index => new CsvColumn(index, $"{index + 1}")).ToArray();
        var numbers = Numbers(content, all);
        var (name, columns) = content.Read(table => CsvHeaderless.Find(table, numbers));
        return new(name, columns, numbers, CsvTimes.Find(columns.Times, content));
    }

    // All cells are asked only where that can matter, so that files of the project's own format are read once.
    private static CsvNumberFormat Numbers(CsvContent content, IReadOnlyList<CsvColumn> columns) =>
        content.MayHaveCommas() ? content.Read(table => CsvNumberFormat.Find(table, columns)) : CsvNumberFormat.Plain;

    private static string SourceOf(IReadOnlyList<string> names, CsvLayout layout)
    {
        if (layout.HeaderRows > 1)
        {
            return "Yahoo";
        }

        var keys = names.Select(CsvPriceNames.Key).ToHashSet(StringComparer.Ordinal);
        return Sources.FirstOrDefault(source => source.Columns.All(keys.Contains)).Name ?? Unnamed;
    }
}
