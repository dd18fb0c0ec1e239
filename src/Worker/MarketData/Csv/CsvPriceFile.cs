using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>Missing days before the bar of a line.</summary>
internal readonly record struct PriceGap(long Line, DateOnly First, DateOnly Last)
{
    public int Days => Last.DayNumber - First.DayNumber + 1;
}

/// <summary>
/// The text of a SYMBOL.csv file: columns by name in any order, one row per UTC day, ascending. An empty market cap becomes the close times the last
/// known market_cap / close at or before that row, or 0 where none is known. Days may be missing; they are returned as gaps.
/// </summary>
internal sealed class CsvPriceFile
{
    public const int MaxRows = 100_000;

    private readonly CsvTable _table;
    private readonly CsvPriceColumns _columns;
    private readonly List<Bar> _bars = [];
    private readonly List<PriceGap> _gaps = [];
    private double _marketCapPerClose;
    private bool _isSynthetic;

    private CsvPriceFile(CsvTable table)
    {
        _table = table;
        _columns = CsvPriceColumns.Find(table);
    }

    /// <summary>The bars of a file and its gaps.</summary>
    /// <exception cref="InvalidMarketDataException">The file is invalid. The message has file name, line, column, what was found and what was
    /// expected.</exception>
    public static (BarSeries Series, IReadOnlyList<PriceGap> Gaps) Parse(Stream stream, string fileName, string symbol) =>
        CsvTable.Read(stream, fileName, CsvPriceColumns.Required, table => new CsvPriceFile(table).Read(symbol));

    private (BarSeries Series, IReadOnlyList<PriceGap> Gaps) Read(string symbol)
    {
        while (_table.Next())
        {
            if (_bars.Count == MaxRows)
            {
                throw _table.TooManyRows(MaxRows);
            }

            Add(ReadBar());
        }

        return (new BarSeries(symbol, _bars.ToArray(), _columns.Change1h is not null, _columns.Change24h is not null) { IsSynthetic = _isSynthetic }, _gaps);
    }

    private Bar ReadBar()
    {
        var bar = new Bar(
            _table.Day(_columns.Time), _table.Number(_columns.Open), _table.Number(_columns.High), _table.Number(_columns.Low),
            _table.Number(_columns.Close), _table.Number(_columns.Volume))
        {
            Change1h = _table.Number(_columns.Change1h) ?? double.NaN,
            Change24h = _table.Number(_columns.Change24h) ?? double.NaN,
        };
        var marketCap = _table.Number(_columns.MarketCap);
        bar = bar with { MarketCap = marketCap ?? bar.Close * _marketCapPerClose };
        if (BarRules.Check(bar) is { } fault)
        {
            throw _table.Fault(fault.Column, fault.Actual.ToString("R", CultureInfo.InvariantCulture), fault.Expected);
        }

        if (marketCap is not null)
        {
            _marketCapPerClose = marketCap.Value / bar.Close;
        }

        _isSynthetic |= _table.Number(_columns.Synthetic) is not (null or 0);
        return bar;
    }

    private void Add(in Bar bar)
    {
        if (_bars.Count > 0)
        {
            var previous = _bars[^1].Day;
            if (bar.Day <= previous)
            {
                throw _table.Fault("time", Iso(bar.Day), $"a day after {Iso(previous)}, the row before");
            }

            if (bar.Day.DayNumber > previous.DayNumber + 1)
            {
                _gaps.Add(new PriceGap(_table.Line, previous.AddDays(1), bar.Day.AddDays(-1)));
            }
        }

        _bars.Add(bar);
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
