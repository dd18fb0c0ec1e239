namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>The columns of a price file, by the names in its header. Other columns are ignored.</summary>
internal sealed record CsvPriceColumns(CsvColumn Time, CsvColumn Open, CsvColumn High, CsvColumn Low, CsvColumn Close, CsvColumn Volume)
{
    public const string Required = "time,open,high,low,close,volume";
    public const string SyntheticName = "synthetic";

    public CsvColumn? MarketCap { get; private init; }

    public CsvColumn? Change1h { get; private init; }

    public CsvColumn? Change24h { get; private init; }

    /// <summary>Marks invented prices, so that a copy of the file still says so.</summary>
    public CsvColumn? Synthetic { get; private init; }

    /// <exception cref="InvalidMarketDataException">A required column is missing, or a column appears twice.</exception>
    public static CsvPriceColumns Find(CsvTable table) =>
        new(table.Require("time"), table.Require("open"), table.Require("high"), table.Require("low"), table.Require("close"), table.Require("volume"))
        {
            MarketCap = table.Find("market_cap"),
            Change1h = table.Find("change_1h"),
            Change24h = table.Find("change_24h"),
            Synthetic = table.Find(SyntheticName),
        };
}
