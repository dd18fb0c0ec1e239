using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>Missing days before the bar of a line.</summary>
internal readonly record struct PriceGap(long Line, DateOnly First, DateOnly Last)
{
    public int Days => Last.DayNumber - First.DayNumber + 1;
}

/// <summary>What a price file holds.</summary>
/// <param name="Series">Its daily bars.</param>
/// <param name="Gaps">Its missing days.</param>
/// <param name="Recognised">Whose format it has, and what was done to read it; null for the project's own format.</param>
internal sealed record CsvPrices(BarSeries Series, IReadOnlyList<PriceGap> Gaps, string? Recognised)
{
    /// <summary>The first and the last day of a series.</summary>
    public static string Span(BarSeries series) => series.Bars.Span is [var first, .., var last]
        ? string.Create(CultureInfo.InvariantCulture, $"{first.Day:yyyy-MM-dd} to {last.Day:yyyy-MM-dd}")
        : $"{series.Bars.Length} days";
}

/// <summary>A row of a price file.</summary>
internal readonly record struct CsvPriceRow(long Line, DateTime Time, Bar Bar, bool HasMarketCap);

/// <summary>
/// The text of a price file: in the project's own format, columns by name in any order, one row per UTC day, or in one of the formats that
/// <see cref="CsvPriceFormat"/> recognises. Days may be missing; they are returned as gaps.
/// </summary>
internal sealed class CsvPriceFile
{
    public const int MaxRows = 100_000;

    private readonly CsvTable _table;
    private readonly CsvPriceFormat _format;
    private readonly CsvPriceColumns _columns;
    private string? _symbol;
    private bool _isSynthetic;

    private CsvPriceFile(CsvTable table, CsvPriceFormat format) => (_table, _format, _columns) = (table, format, format.Columns);

    /// <summary>The bars of a file and its gaps.</summary>
    /// <param name="stream">The file, which is read from where it is.</param>
    /// <param name="fileName">Its name in messages.</param>
    /// <param name="symbol">The symbol of its bars.</param>
    /// <param name="today">The current UTC day: no series begins later than the day after it.</param>
    /// <exception cref="InvalidMarketDataException">The file is invalid. The message has file name, line, column, what was found and what was
    /// expected.</exception>
    public static CsvPrices Parse(Stream stream, string fileName, string symbol, DateOnly today)
    {
        if (ForeignContent.Find(stream) is var (kind, todo))
        {
            throw new InvalidMarketDataException($"{fileName} line 1: found {kind}, expected prices as CSV: {todo}");
        }

        var content = new CsvContent(stream, fileName, CsvLayout.Find(stream));
        var format = CsvPriceFormat.Recognise(content);
        return content.Read(table =>
        {
            var file = new CsvPriceFile(table, format);
            var days = new CsvPriceDays(table, format, file.ReadRows());
            var series = days.ToSeries(symbol, today) with { IsSynthetic = file._isSynthetic };
            return new CsvPrices(series, days.Gaps, days.Describe());
        });
    }

    private List<CsvPriceRow> ReadRows()
    {
        var rows = new List<CsvPriceRow>();
        while (_table.Next())
        {
            if (rows.Count == MaxRows)
            {
                throw _table.TooManyRows(MaxRows);
            }

            CheckSymbol();
            if (!IsMissing())
            {
                rows.Add(ReadRow());
            }
        }

        return rows;
    }

    private CsvPriceRow ReadRow()
    {
        var time = _format.Times.Read(_table);
        var marketCap = Optional(_columns.MarketCap);
        _isSynthetic |= Optional(_columns.Synthetic) is not (null or 0);
        var bar = new Bar(
            DateOnly.FromDateTime(time), Number(_columns.Open), Number(_columns.High), Number(_columns.Low), Number(_columns.Close), Number(_columns.Volume))
        {
            MarketCap = marketCap ?? 0,
            Change1h = Optional(_columns.Change1h) ?? double.NaN,
            Change24h = Optional(_columns.Change24h) ?? double.NaN,
        };
        return BarRules.Check(bar) is not { } fault
            ? new(_table.Line, time, bar, marketCap is not null)
            : throw _table.Fault(_columns.NameOf(fault.Column), fault.Actual.ToString("R", CultureInfo.InvariantCulture), fault.Expected);
    }

    private double Number(CsvColumn column) =>
        _format.NumberFormat.TryParse(_table.Bytes(column), out var value) ? value : throw _table.Fault(column.Name, _table.Text(column), "a number");

    // An empty cell is no number.
    private double? Optional(CsvColumn? column) =>
        column is { } known && !_table.Bytes(known).Trim(" \t"u8).IsEmpty ? Number(known) : null;

    // Yahoo writes a day without prices as "null" in every column.
    private bool IsMissing() => IsNull(_columns.Close) && IsNull(_columns.Open) && IsNull(_columns.High) && IsNull(_columns.Low);

    private bool IsNull(CsvColumn column) => _table.Bytes(column).SequenceEqual("null"u8);

    private void CheckSymbol()
    {
        if (_columns.Symbol is { } column)
        {
            var symbol = _table.Text(column);
            if ((_symbol ??= symbol) != symbol)
            {
                throw _table.Fault(column.Name, symbol, $"{_symbol} as in the rows before: a file has the prices of one symbol");
            }
        }
    }
}
