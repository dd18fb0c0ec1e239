using System.Globalization;
using Coinsphere.Messaging.Contracts;
using CsvHelper;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>A column: its index in a row, and its name in messages.</summary>
internal readonly record struct CsvColumn(int Index, string Name);

/// <summary>
/// A CSV file, read row by row. Columns are found by name, in any order and case. Every fault is an <see cref="InvalidMarketDataException"/> with file
/// name, line, column, what was found and what was expected.
/// </summary>
internal sealed class CsvTable
{
    /// <summary>Far above any real file (eleven years of prices are 330 kB), and small enough to read into memory.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static readonly CsvReaderOptions Format = new()
    {
        // The names are read as a row: a file may have none, or lines before them.
        HasHeader = false,
        AllowLineBreaksInQuotes = false,
        MalformedData = CsvMalformedDataHandling.Throw,
        // A file of commas only would be one row of millions of fields.
        MaxRecordSize = 64 * 1024,
        TrackLineNumbers = true,
        FormatProvider = CultureInfo.InvariantCulture,
    };

    private readonly string _fileName;
    private readonly string _header;
    private readonly CsvReader _reader;
    private readonly string[] _names;

    private CsvTable(string fileName, string header, CsvLayout layout, CsvReader reader)
    {
        _fileName = fileName;
        _header = header;
        _reader = reader;
        for (var i = 0; i < layout.RowsBefore; i++)
        {
            reader.Read();
        }

        _names = layout.HeaderRows == 0 ? [.. Enumerable.Range(1, layout.Fields).Select(Text)] : ReadNames(layout);
    }

    public IReadOnlyList<string> Names => _names;

    /// <summary>The line of the current row, from 1.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>Opens a file of comma separated fields under a header, and passes it to <paramref name="read"/>.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="fileName">The name of the file in messages.</param>
    /// <param name="header">The required columns, as messages show them.</param>
    /// <param name="read">Finds its columns, then reads row after row.</param>
    public static T Read<T>(Stream stream, string fileName, string header, Func<CsvTable, T> read) =>
        Read(stream, fileName, header, CsvLayout.Plain, read);

    /// <summary>The same for a file with another layout.</summary>
    public static T Read<T>(Stream stream, string fileName, string header, CsvLayout layout, Func<CsvTable, T> read)
    {
        using var reader = CsvReader.Create(stream, Format with { Separator = layout.Separator }, leaveOpen: true);
        try
        {
            return read(new CsvTable(fileName, header, layout, reader));
        }
        catch (CsvFormatException e)
        {
            throw new InvalidMarketDataException(
                $"{fileName} line {Math.Max(1, e.LineNumber)}: found a quote out of place or an endless row ({Shown(e.Message)}), "
                + "expected comma separated fields",
                e);
        }
    }

    /// <summary>The fields of a line, also of one that is faulty.</summary>
    public static string[] Split(string line, char separator)
    {
        using var reader = CsvReader.FromText(line, Format with { Separator = separator, MalformedData = CsvMalformedDataHandling.Recover });
        return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : [];
    }

    public CsvColumn Require(string name) => Find(name) ?? throw Missing(name);

    public CsvColumn? Find(string name)
    {
        var index = Array.FindIndex(_names, Same);
        if (index != Array.FindLastIndex(_names, Same))
        {
            throw Twice(name, "it twice");
        }

        return index < 0 ? null : new(index, name);

        bool Same(string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Moves to the next row that has text in it; false after the last.</summary>
    public bool Next()
    {
        do
        {
            if (!_reader.Read())
            {
                return false;
            }
        }
        while (IsBlank());

        if (_reader.FieldCount == _names.Length)
        {
            return true;
        }

        var column = _reader.FieldCount < _names.Length ? _names[_reader.FieldCount] : "after " + _names[^1];
        throw new InvalidMarketDataException($"{_fileName} line {Line}, column {Shown(column)}: found {_reader.FieldCount} fields, expected {_names.Length}");
    }

    public string Text(CsvColumn column) => _reader.GetString(column.Index);

    /// <summary>The bytes of a cell, until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(CsvColumn column) => _reader.GetSpan(column.Index);

    public DateOnly Day(CsvColumn column)
    {
        var text = Text(column);
        return DateTimeOffset.TryParseExact(text.AsSpan().Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.UtcDateTime.TimeOfDay == TimeSpan.Zero
            ? DateOnly.FromDateTime(time.UtcDateTime)
            : throw Fault(column.Name, text, "a UTC day like 2024-01-31");
    }

    public double Number(CsvColumn column) =>
        double.TryParse(_reader.GetSpan(column.Index), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Fault(column.Name, Text(column), "a number");

    /// <summary>The number in a cell; null where there is no such column, or the cell is empty.</summary>
    public double? Number(CsvColumn? column) =>
        column is { } known && !_reader.GetSpan(known.Index).Trim(" \t"u8).IsEmpty ? Number(known) : null;

    public InvalidMarketDataException TooManyRows(int most) => new($"{_fileName} line {Line}: found more rows, expected at most {most}");

    public InvalidMarketDataException Missing(string name) =>
        new($"{_fileName} line 1, column {name}: found no such column in '{Shown(string.Join(',', _names))}', expected {_header}");

    public InvalidMarketDataException Twice(string name, string found) =>
        new($"{_fileName} line 1, column {name}: found {Shown(found)}, expected it once");

    public InvalidMarketDataException Fault(string column, string found, string expected) => FaultAt(Line, column, found, expected);

    public InvalidMarketDataException FaultAt(long line, string column, string found, string expected) =>
        new($"{_fileName} line {line}, column {Shown(column)}: found '{Shown(found)}', expected {expected}");

    /// <summary>A fault of the whole file.</summary>
    public InvalidMarketDataException Fault(string found, string expected) => new($"{_fileName} line {Math.Max(1, Line)}: found {found}, expected {expected}");

    private string[] ReadNames(CsvLayout layout)
    {
        string[] names = [];
        for (var i = 0; i < layout.HeaderRows; i++)
        {
            if (!_reader.Read())
            {
                throw new InvalidMarketDataException($"{_fileName} line 1: found an empty file, expected the header {_header}");
            }

            if (i == layout.NamesRow)
            {
                names = [.. Enumerable.Range(0, _reader.FieldCount).Select(index => _reader.GetString(index).Trim())];
            }
        }

        return names;
    }

    // Spreadsheets leave rows of separators behind.
    private bool IsBlank()
    {
        for (var i = 0; i < _reader.FieldCount; i++)
        {
            if (!_reader.GetSpan(i).Trim(" \t"u8).IsEmpty)
            {
                return false;
            }
        }

        return true;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Makes text of a file safe for a message.
    private static string Shown(string text) => CallerText.Shown(text, most: 80);
}
