using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Files without a header. The number of columns leaves a few orders, and the bars decide between them: a row that is a bar in two of them is the same
/// bar in both, and a row that is not has a high below its low in the wrong one.
/// </summary>
internal static class CsvHeaderless
{
    // t time, o open, h high, l low, c close, v volume, a dot is not read
    private static readonly (string Name, string Order)[] Orders =
    [
        ("CCXT candles", "tohlcv"),
        ("Coinbase candles", "tlhocv"),
        ("Bitfinex candles", "tochlv"),
        ("Kraken OHLCVT", "tohlcv."),
        ("KuCoin candles", "tochlv."),
        ("OKX candles", "tohlcv..."),
        ("Binance klines", "tohlcv....."),
        ("Binance klines", "tohlcv......"),
    ];

    /// <summary>The name and the columns of the order that the rows allow.</summary>
    /// <exception cref="InvalidMarketDataException">No order has that many columns.</exception>
    public static (string Name, CsvPriceColumns Columns) Find(CsvTable table, CsvNumberFormat numbers)
    {
        var possible = Orders.Where(order => order.Order.Length == table.Names.Count)
            .Select(order => (order.Name, Columns: CsvPriceColumns.InOrder(order.Order))).ToList();
        if (possible.Count == 0)
        {
            throw table.Fault(
                $"{table.Names.Count} columns without names",
                $"the header {CsvPriceColumns.Required}, or an exchange's candles without one, which have 6, 7, 9, 11 or 12 columns");
        }

        while (possible.Count > 1 && table.Next())
        {
            var left = possible.FindAll(order => IsBar(table, order.Columns, numbers));
            // A row that is a bar in no order is named where it is read.
            possible = left.Count > 0 ? left : possible[..1];
        }

        return possible[0];
    }

    private static bool IsBar(CsvTable table, CsvPriceColumns columns, CsvNumberFormat numbers)
    {
        return BarRules.Check(new Bar(
            default, Number(columns.Open), Number(columns.High), Number(columns.Low), Number(columns.Close), Number(columns.Volume))) is null;

        double Number(CsvColumn column) => numbers.TryParse(table.Bytes(column), out var value) ? value : double.NaN;
    }
}
