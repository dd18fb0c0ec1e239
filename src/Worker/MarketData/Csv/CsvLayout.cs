using System.Text;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>Where the table is in the text of a file.</summary>
/// <param name="Separator">Between two fields.</param>
/// <param name="RowsBefore">Rows before the header, such as the address of the site.</param>
/// <param name="HeaderRows">Rows of names; 0 where the file has none.</param>
/// <param name="NamesRow">Which of them has the names of the columns, from 0.</param>
/// <param name="Fields">The number of fields in the first row.</param>
internal sealed record CsvLayout(char Separator, int RowsBefore = 0, int HeaderRows = 1, int NamesRow = 0, int Fields = 0)
{
    private const int Columns = 6;
    private const int HeadBytes = 16 * 1024;
    private const int MostRowsBefore = 10;
    private const int MostHeaderRows = 3;

    // A comma is also a decimal mark, so it is tried last.
    private static readonly char[] Separators = ['\t', ';', '|', ','];

    // The address of CryptoDataDownload, a comment, Excel's line about the separator.
    private static readonly string[] Before = ["http://", "https://", "www.", "#", "sep="];

    // What pandas writes into the first cell of the second and third row of names.
    private static readonly string[] Continued = ["", "Ticker", "Price", "Date", "Datetime"];

    public static CsvLayout Plain { get; } = new(',');

    /// <summary>The layout of a file, by its first lines.</summary>
    public static CsvLayout Find(Stream stream)
    {
        var lines = FirstLines(stream);
        var before = lines.TakeWhile(IsBefore).Take(MostRowsBefore).Count();
        if (before == lines.Count)
        {
            return Plain;
        }

        var separator = Separators.FirstOrDefault(mark => lines[before].Count(c => c == mark) >= Columns - 1, ',');
        var rows = lines.Skip(before).Take(MostHeaderRows).Select(line => CsvTable.Split(line, separator)).ToArray();
        if (rows[0].Length >= Columns && rows[0][1..(Columns - 1)].All(CsvNumberFormat.IsNumber))
        {
            return new(separator, before, HeaderRows: 0, Fields: rows[0].Length);
        }

        var header = 1 + rows.Skip(1).TakeWhile(row => GoesOn(rows[0], row)).Count();
        var names = Enumerable.Range(0, header).MaxBy(row => rows[row].Count(name => CsvPriceNames.Find(name) is not null));
        return new(separator, before, header, names, rows[0].Length);
    }

    private static bool IsBefore(string line) =>
        Before.Any(start => line.AsSpan().TrimStart("\" ").StartsWith(start, StringComparison.OrdinalIgnoreCase));

    private static bool GoesOn(string[] first, string[] row) =>
        row.Length == first.Length && Continued.Contains(row[0].Trim(), StringComparer.OrdinalIgnoreCase) && !row.Any(CsvNumberFormat.IsNumber)
        && (row[0].Length > 0 || row.Skip(1).All(name => name.Length > 0));

    private static List<string> FirstLines(Stream stream)
    {
        var start = stream.Position;
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, HeadBytes, leaveOpen: true);
        var head = new char[HeadBytes];
        var length = reader.ReadBlock(head);
        stream.Position = start;
        return [.. new string(head, 0, length).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Take(MostRowsBefore + MostHeaderRows)];
    }
}
