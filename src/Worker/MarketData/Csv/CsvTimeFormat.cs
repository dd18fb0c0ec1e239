using System.Globalization;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>How a column writes its times. A format reads a cell as an instant, UTC where the cell names no zone, or not at all.</summary>
/// <param name="Name">The format in messages.</param>
internal sealed record CsvTimeFormat(string Name)
{
    private const string Expected = "a UTC day like 2024-01-31";

    private static readonly string[] Clocks = ["", " HH:mm", " HH:mm:ss", " HH:mm:ss.FFFFFFF"];

    private static readonly CsvTimeFormat Iso = new("ISO 8601")
    {
        Patterns =
        [
            "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
            "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd hh-tt",
        ],
    };

    // The first that fits is taken, except where several fit. A number is taken for the unit that puts it between 2001 and 2100: one unit at most does.
    private static readonly CsvTimeFormat[] All =
    [
        Iso,
        new("seconds since 1970") { TicksPerUnit = TimeSpan.TicksPerSecond },
        new("milliseconds since 1970") { TicksPerUnit = TimeSpan.TicksPerMillisecond },
        new("microseconds since 1970") { TicksPerUnit = TimeSpan.TicksPerMicrosecond },
        new("nanoseconds since 1970") { TicksPerUnit = 0.01m },
        new("year, month, day") { Patterns = ["yyyyMMdd", .. WithClocks("yyyy/M/d"), .. WithClocks("yyyy.M.d")] },
        new("month/day/year") { Patterns = WithClocks("M/d/yyyy") },
        new("day/month/year") { Patterns = [.. WithClocks("d/M/yyyy"), .. WithClocks("d-M-yyyy")] },
        new("day.month.year") { Patterns = WithClocks("d.M.yyyy") },
        new("the name of the month") { Patterns = ["MMM d, yyyy", "MMM dd, yyyy", "MMMM d, yyyy", "MMM d yyyy", "d MMM yyyy", "d-MMM-yyyy", "dd-MMM-yyyy"] },
    ];

    private static readonly DateTime Earliest = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public bool IsIso => ReferenceEquals(this, Iso);

    private string[] Patterns { get; init; } = [];

    private decimal TicksPerUnit { get; init; }

    /// <summary>The format of a column. Only a day of the month over 12 shows which of two numbers is the month.</summary>
    /// <exception cref="InvalidMarketDataException">No format fits, or two do.</exception>
    public static CsvTimeFormat Find(CsvTable table, CsvColumn column)
    {
        CsvTimeFormat[] possible = All;
        var (line, text) = (0L, "");
        while (possible.Length > 1 && table.Next())
        {
            var cell = table.Text(column);
            var fitting = Array.FindAll(possible, format => format.TryRead(cell, out _));
            if (fitting.Length == 0)
            {
                throw table.Fault(column.Name, cell, possible == All ? Expected : $"a day as {possible[0].Name}, as in the rows before");
            }

            (possible, line, text) = (fitting, line == 0 ? table.Line : line, line == 0 ? cell : text);
        }

        if (possible == All)
        {
            return Iso;
        }

        return possible is [var only] ? only : throw table.FaultAt(line, column.Name, text, "a day that can be read in one way: this is "
            + string.Join(", or ", possible.Select(format => $"{format.Day(text)} as {format.Name}")) + ", and no row shows which");
    }

    /// <summary>The instant in a cell of the current row.</summary>
    public DateTime Read(CsvTable table, CsvColumn column)
    {
        if (IsIso && TryReadDay(table.Bytes(column), out var day))
        {
            return day;
        }

        var text = table.Text(column);
        return TryRead(text, out var time) ? time : throw table.Fault(column.Name, text, IsIso ? Expected : $"a day as {Name}, as in the rows before");
    }

    public bool TryRead(string text, out DateTime time)
    {
        var cell = text.AsSpan().Trim();
        if (TicksPerUnit == 0)
        {
            var isTime = DateTimeOffset.TryParseExact(
                cell, Patterns, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant);
            time = instant.UtcDateTime;
            return isTime;
        }

        time = default;
        if (!decimal.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var units)
            || units > (Latest - DateTime.UnixEpoch).Ticks / TicksPerUnit)
        {
            return false;
        }

        time = DateTime.UnixEpoch.AddTicks((long)(units * TicksPerUnit));
        return time >= Earliest && time < Latest;
    }

    // Most files write 2024-01-31, which this reads in a tenth of the time.
    private static bool TryReadDay(ReadOnlySpan<byte> cell, out DateTime day)
    {
        day = default;
        if (cell.Length != 10 || cell[4] != '-' || cell[7] != '-' || !TryNumber(cell[..4], out var year) || !TryNumber(cell[5..7], out var month)
            || !TryNumber(cell[8..], out var number) || year == 0 || month is 0 or > 12 || number == 0 || number > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        day = new(year, month, number, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = (number * 10) + digit - '0';
        }

        return true;
    }

    private string Day(string text) => TryRead(text, out var time) ? time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "";

    private static string[] WithClocks(string day) => Array.ConvertAll(Clocks, clock => day + clock);
}
