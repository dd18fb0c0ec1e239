using System.Globalization;
using System.Runtime.InteropServices;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Makes daily bars from the rows of a file. Rows may be newest first, and a row that repeats the one before it counts once. Rows of parts of a day are
/// aggregated, and a first or last day that is not covered to its end is left out. A market cap that is not known becomes the close times the last known
/// market_cap / close at or before that row, or 0 where none is known.
/// </summary>
internal sealed class CsvPriceDays
{
    // Two rows out of order show a misplaced row as well as an order.
    private const int LeastToReverse = 3;

    // From here on a series with a row every other day or less is none of days.
    private const int LeastToJudge = 10;

    private static readonly DateOnly Earliest = new(2009, 1, 1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Kaggle's and CoinMarketCap's rows have the last second of their day.
    private static readonly TimeSpan LastSecond = new(23, 59, 59);

    private readonly CsvTable _table;
    private readonly CsvPriceFormat _format;
    private readonly List<CsvPriceRow> _rows;
    private readonly List<PriceGap> _gaps = [];
    private readonly bool _isNewestFirst;
    private TimeSpan _step = Day;
    private int _partial;

    public CsvPriceDays(CsvTable table, CsvPriceFormat format, List<CsvPriceRow> rows)
    {
        (_table, _format, _rows) = (table, format, rows);
        _isNewestFirst = IsNewestFirst(rows);
        if (_isNewestFirst)
        {
            rows.Reverse();
        }
    }

    public IReadOnlyList<PriceGap> Gaps => _gaps;

    /// <exception cref="InvalidMarketDataException">The rows are in no order, or are not of days, or begin outside 2009 to tomorrow.</exception>
    public BarSeries ToSeries(string symbol, DateOnly today)
    {
        DropRepeated();
        if (_rows.Exists(row => row.Time.TimeOfDay != TimeSpan.Zero) && !_rows.TrueForAll(row => row.Time.TimeOfDay >= LastSecond))
        {
            Aggregate();
        }

        CheckOrder();
        CheckRange(today);
        var bars = Fill();
        return new BarSeries(symbol, bars, _format.Columns.Change1h is not null, _format.Columns.Change24h is not null);
    }

    /// <summary>What was recognised; null for the project's own format.</summary>
    public string? Describe()
    {
        var marks = new[]
        {
            _format.Times.Format.IsIso ? null : $"times as {_format.Times.Format.Name}",
            _isNewestFirst ? "newest first" : null,
            _step < Day ? $"from rows of {Text(_step)}" : null,
            _partial > 0 ? $"{_partial} incomplete {(_partial == 1 ? "day" : "days")} left out" : null,
        }.Where(mark => mark is not null);
        var name = _format.Name ?? (marks.Any() ? CsvPriceFormat.Unnamed : null);
        return name is null ? null : string.Join(", ", marks.Prepend(name));
    }

    private static bool IsNewestFirst(List<CsvPriceRow> rows)
    {
        var span = CollectionsMarshal.AsSpan(rows);
        if (span.Length < LeastToReverse || span[0].Time <= span[^1].Time)
        {
            return false;
        }

        for (var i = 1; i < span.Length; i++)
        {
            if (span[i].Time > span[i - 1].Time)
            {
                return false;
            }
        }

        return true;
    }

    private void DropRepeated()
    {
        for (var i = _rows.Count - 1; i > 0; i--)
        {
            if (_rows[i].Time == _rows[i - 1].Time && _rows[i].Bar == _rows[i - 1].Bar)
            {
                _rows.RemoveAt(i);
            }
        }
    }

    private void Aggregate()
    {
        var first = _rows.First(row => row.Time.TimeOfDay != TimeSpan.Zero);
        _step = Step();
        if (_step >= Day || Day.Ticks % _step.Ticks != 0)
        {
            throw NoDay(first);
        }

        if (_rows.Find(row => row.Time.TimeOfDay.Ticks % _step.Ticks != 0) is { Line: > 0 } odd)
        {
            throw NoDay(odd);
        }

        var isFirstWhole = _rows[0].Time.TimeOfDay == TimeSpan.Zero;
        var isLastWhole = _rows[^1].Time.TimeOfDay + _step == Day;
        var days = new List<CsvPriceRow>();
        foreach (var row in _rows)
        {
            if (days is [.., var day] && day.Bar.Day == row.Bar.Day)
            {
                days[^1] = day with { Bar = day.Bar.With(row.Bar) };
            }
            else
            {
                days.Add(row with { Time = row.Time.Date });
            }
        }

        if (!isLastWhole)
        {
            days.RemoveAt(days.Count - 1);
        }

        if (!isFirstWhole && days.Count > 0)
        {
            days.RemoveAt(0);
        }

        _partial = (isFirstWhole ? 0 : 1) + (isLastWhole ? 0 : 1);
        _rows.Clear();
        _rows.AddRange(days);
    }

    // The least time between two rows, which have to ascend.
    private TimeSpan Step()
    {
        var step = TimeSpan.MaxValue;
        for (var i = 1; i < _rows.Count; i++)
        {
            var between = _rows[i].Time - _rows[i - 1].Time;
            if (between <= TimeSpan.Zero)
            {
                throw Misplaced(i, "yyyy-MM-dd HH:mm:ss", "a time");
            }

            step = between < step ? between : step;
        }

        return step;
    }

    private void CheckOrder()
    {
        var least = int.MaxValue;
        for (var i = 1; i < _rows.Count; i++)
        {
            var (previous, day) = (_rows[i - 1].Bar.Day, _rows[i].Bar.Day);
            if (day <= previous)
            {
                throw Misplaced(i, "yyyy-MM-dd", "a day");
            }

            var days = day.DayNumber - previous.DayNumber;
            least = Math.Min(least, days);
            if (days > 1)
            {
                _gaps.Add(new PriceGap(_rows[i].Line, previous.AddDays(1), day.AddDays(-1)));
            }
        }

        if (_rows.Count >= LeastToJudge && least > 1)
        {
            throw _table.FaultAt(_rows[1].Line, TimeColumn, Iso(_rows[1].Bar.Day), $"one row a day: these are {least} days or more apart");
        }
    }

    private void CheckRange(DateOnly today)
    {
        if (_rows is [var first, ..] && (first.Bar.Day < Earliest || first.Bar.Day > today.AddDays(1)))
        {
            throw _table.FaultAt(
                first.Line, TimeColumn, Iso(first.Bar.Day), $"a first day from {Iso(Earliest)}, the first of Bitcoin, to tomorrow, {Iso(today.AddDays(1))}");
        }
    }

    private Bar[] Fill()
    {
        var bars = new Bar[_rows.Count];
        var perClose = 0.0;
        for (var i = 0; i < bars.Length; i++)
        {
            ref readonly var row = ref CollectionsMarshal.AsSpan(_rows)[i];
            bars[i] = row.Bar;
            if (row.HasMarketCap)
            {
                perClose = row.Bar.MarketCap / row.Bar.Close;
            }
            else
            {
                bars[i] = row.Bar with { MarketCap = row.Bar.Close * perClose };
                if (BarRules.Check(bars[i]) is { } fault)
                {
                    throw _table.FaultAt(row.Line, fault.Column, fault.Actual.ToString("R", CultureInfo.InvariantCulture), fault.Expected);
                }
            }
        }

        return bars;
    }

    private string TimeColumn => _format.Columns.Times[0].Name;

    private InvalidMarketDataException Misplaced(int row, string pattern, string what)
    {
        // Named as they stand in the file.
        var (before, after) = _isNewestFirst ? (_rows[row], _rows[row - 1]) : (_rows[row - 1], _rows[row]);
        return _table.FaultAt(
            after.Line, TimeColumn, after.Time.ToString(pattern, CultureInfo.InvariantCulture),
            $"{what} {(_isNewestFirst ? "before" : "after")} {before.Time.ToString(pattern, CultureInfo.InvariantCulture)}, the row before");
    }

    private InvalidMarketDataException NoDay(in CsvPriceRow row) => _table.FaultAt(
        row.Line, TimeColumn, row.Time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        "a UTC day like 2024-01-31: rows of another zone's days, or of odd times, make no bars of UTC days");

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Text(TimeSpan step) => step.TotalMinutes < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{step.TotalMinutes:0.##} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{step.TotalHours:0.##} {(step.TotalHours == 1 ? "hour" : "hours")}");
}
