using System.Globalization;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>The times of a file's rows: from one column, from several that have to name the same day, or from a day and a clock time beside it.</summary>
internal sealed class CsvTimes
{
    private static readonly string[] Clocks = ["H:mm", "H:mm:ss", "H:mm:ss.FFFFFFF", "HHmmss", "HHmm"];

    private readonly (CsvColumn Column, CsvTimeFormat Format)[] _columns;
    private readonly CsvColumn? _clock;

    private CsvTimes((CsvColumn, CsvTimeFormat)[] columns, CsvColumn? clock) => (_columns, _clock) = (columns, clock);

    /// <summary>How the first column writes them.</summary>
    public CsvTimeFormat Format => _columns[0].Format;

    /// <summary>How the columns with times are to be read.</summary>
    public static CsvTimes Find(IReadOnlyList<CsvColumn> columns, CsvContent content)
    {
        var clock = columns.Count == 1 ? null : content.Read(table => table.Next() ? FindClock(table, columns) : null);
        return new([.. columns.Where(column => column != clock).Select(column => (column, content.Read(table => CsvTimeFormat.Find(table, column))))], clock);
    }

    /// <summary>The time of the current row, UTC.</summary>
    public DateTime Read(CsvTable table)
    {
        var (first, format) = _columns[0];
        var time = format.Read(table, first);
        for (var i = 1; i < _columns.Length; i++)
        {
            var (column, other) = _columns[i];
            if (other.Read(table, column).Date != time.Date)
            {
                throw table.Fault($"{first.Name} and {column.Name}", $"{table.Text(first)} and {table.Text(column)}", "the same UTC day in both");
            }
        }

        return _clock is { } clock ? time + Clock(table, clock) : time;
    }

    // One column at least has the day.
    private static CsvColumn? FindClock(CsvTable table, IReadOnlyList<CsvColumn> columns) =>
        columns.Where(column => TryClock(table.Text(column), out _)).Select(column => (CsvColumn?)column).FirstOrDefault();

    private static TimeSpan Clock(CsvTable table, CsvColumn column) =>
        TryClock(table.Text(column), out var clock) ? clock : throw table.Fault(column.Name, table.Text(column), "a time of day like 00:00:00");

    private static bool TryClock(string text, out TimeSpan clock)
    {
        var isClock = TimeOnly.TryParseExact(text.Trim(), Clocks, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        clock = time.ToTimeSpan();
        return isClock;
    }
}
