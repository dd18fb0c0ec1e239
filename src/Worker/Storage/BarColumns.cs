using System.Collections.Frozen;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>The columns that bars are written to.</summary>
internal sealed class BarColumns(FrozenDictionary<string, StoredColumn> columns)
{
    public StoredColumn Open { get; } = columns["price_data.open"];

    public StoredColumn High { get; } = columns["price_data.high"];

    public StoredColumn Low { get; } = columns["price_data.low"];

    public StoredColumn Close { get; } = columns["price_data.close"];

    public StoredColumn Volume { get; } = columns["price_data.volume"];

    private StoredColumn CurrentPrice { get; } = columns["tokens.current_price"];

    private StoredColumn MarketCap { get; } = columns["tokens.market_cap"];

    /// <summary>The first number of a bar that its column cannot store, or null.</summary>
    public BarFault? Check(in Bar bar) =>
        Check(Open, "open", bar.Open)
            ?? Check(High, "high", bar.High) ?? Check(Low, "low", bar.Low) ?? Check(Close, "close", bar.Close) ?? Check(Volume, "volume", bar.Volume);

    /// <summary>The same for the newest bar, whose market cap and close are also written to its token.</summary>
    public BarFault? CheckNewest(in Bar bar) =>
        Check(bar) ?? (bar.MarketCap > 0 ? Check(MarketCap, "market_cap", bar.MarketCap) ?? Check(CurrentPrice, "close", bar.Close) : null);

    private static BarFault? Check(StoredColumn column, string name, double value) =>
        column.Fault(value) is { } expected ? new BarFault(name, expected, value) : null;
}
