using System.Globalization;
using Coinsphere.Messaging.Forecasting.Bars;
using CsvHelper;
using static Coinsphere.Messaging.Worker.Prices.CsvPriceColumns;

namespace Coinsphere.Messaging.Worker.Prices;

/// <summary>Days missing before the bar of a line.</summary>
internal readonly record struct PriceGap(long Line, DateOnly First, DateOnly Last)
{
    public int Days => Last.DayNumber - First.DayNumber + 1;
}

/// <summary>
/// One SYMBOL.csv as text: columns by name in any order, one row a UTC day, ascending. An empty market cap is the close times
/// the last known market_cap / close at or before that row; never known, it is 0. Days may be missing; they are returned as gaps.
/// </summary>
internal sealed class CsvPriceFile
{
    /// <summary>Far above any real file (eleven years are 330 kB), far below what would hurt.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public const int MaxRows = 100_000;

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly CsvReaderOptions Format = new()
    {
        Separator = ',',
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        // A file of nothing but commas is one row of millions of fields.
        MaxRecordSize = 64 * 1024,
        TrackLineNumbers = true,
        FormatProvider = CultureInfo.InvariantCulture,
    };

    private readonly string _fileName;
    private readonly CsvReader _reader;
    private readonly List<Bar> _bars = [];
    private readonly List<PriceGap> _gaps = [];
    private double _marketCapPerClose;

    private CsvPriceFile(string fileName, CsvReader reader)
    {
        _fileName = fileName;
        _reader = reader;
    }

    /// <summary>The bars of a file and its gaps.</summary>
    /// <exception cref="PriceDataException">A fault, with file name, line, column, what was found and what was expected.</exception>
    public static (BarSeries Series, IReadOnlyList<PriceGap> Gaps) Parse(Stream stream, string fileName, string symbol)
    {
        using var reader = CsvReader.Create(stream, Format, leaveOpen: true);
        try
        {
            return new CsvPriceFile(fileName, reader).Read(symbol);
        }
        catch (CsvFormatException e)
        {
            throw new PriceDataException(
                $"{fileName} line {Math.Max(1, e.LineNumber)}: found a quote out of place or an endless row ({Shown(e.Message)}), "
                + "expected comma separated fields",
                e);
        }
    }

    private (BarSeries Series, IReadOnlyList<PriceGap> Gaps) Read(string symbol)
    {
        _reader.ReadHeader();
        var columns = CsvPriceColumns.Find(_reader.Headers, _fileName);
        while (_reader.Read())
        {
            if (_bars.Count == MaxRows)
                throw new PriceDataException($"{_fileName} line {_reader.LineNumber}: found more rows, expected at most {MaxRows}");
            if (_reader.FieldCount != columns.Names.Count)
                throw FieldCount(columns.Names);
            Add(ReadBar(columns));
        }

        return (new BarSeries(symbol, _bars.ToArray(), columns.Change1h is not null, columns.Change24h is not null), _gaps);
    }

    private Bar ReadBar(CsvPriceColumns columns)
    {
        var bar = new Bar(
            Day(columns.Time), Number(columns.Open, "open"), Number(columns.High, "high"), Number(columns.Low, "low"),
            Number(columns.Close, "close"), Number(columns.Volume, "volume"))
        {
            Change1h = Optional(columns.Change1h, "change_1h") ?? double.NaN,
            Change24h = Optional(columns.Change24h, "change_24h") ?? double.NaN,
        };
        var marketCap = Optional(columns.MarketCap, "market_cap");
        bar = bar with { MarketCap = marketCap ?? bar.Close * _marketCapPerClose };
        if (BarRules.Check(bar) is { } fault)
            throw Fault(fault.Column, fault.Actual.ToString("R", CultureInfo.InvariantCulture), fault.Expected);
        if (marketCap is not null)
            _marketCapPerClose = marketCap.Value / bar.Close;
        return bar;
    }

    private void Add(in Bar bar)
    {
        if (_bars.Count > 0)
        {
            var previous = _bars[^1].Day;
            if (bar.Day <= previous)
                throw Fault("time", Iso(bar.Day), $"a day after {Iso(previous)}, the row before");
            if (bar.Day.DayNumber > previous.DayNumber + 1)
                _gaps.Add(new PriceGap(_reader.LineNumber, previous.AddDays(1), bar.Day.AddDays(-1)));
        }

        _bars.Add(bar);
    }

    private DateOnly Day(int column)
    {
        var text = _reader.GetString(column);
        return DateTimeOffset.TryParseExact(text.AsSpan().Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.UtcDateTime.TimeOfDay == TimeSpan.Zero
            ? DateOnly.FromDateTime(time.UtcDateTime)
            : throw Fault("time", text, "a UTC day like 2024-01-31");
    }

    private double Number(int column, string name) =>
        double.TryParse(_reader.GetSpan(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Fault(name, _reader.GetString(column), "a number");

    private double? Optional(int? column, string name) =>
        column is { } index && !_reader.GetSpan(index).Trim(" \t"u8).IsEmpty ? Number(index, name) : null;

    private PriceDataException FieldCount(IReadOnlyList<string> names)
    {
        var column = _reader.FieldCount < names.Count ? names[_reader.FieldCount] : "after " + names[^1];
        return new($"{_fileName} line {_reader.LineNumber}, column {Shown(column)}: found {_reader.FieldCount} fields, expected {names.Count}");
    }

    private PriceDataException Fault(string column, string found, string expected) =>
        new($"{_fileName} line {_reader.LineNumber}, column {column}: found '{Shown(found)}', expected {expected}");

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
