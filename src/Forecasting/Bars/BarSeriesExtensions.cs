namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>Questions about a series whose limits depend on the caller: a risk score and a prediction use different windows.</summary>
public static class BarSeriesExtensions
{
    /// <summary>The instant a day's bar closes: the next midnight UTC.</summary>
    public static DateTimeOffset EndOfDay(this DateOnly day) =>
        new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1);

    /// <summary>Up to <paramref name="count"/> of the newest bars with a day of at most <paramref name="lastDay"/>, without copying.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static BarSeries EndingAt(this BarSeries series, DateOnly lastDay, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var bars = series.Bars.Span;
        int from = 0, to = bars.Length;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (bars[middle].Day <= lastDay)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        var start = Math.Max(0, to - count);
        return series with { Bars = series.Bars[start..to] };
    }

    /// <summary>The first missing day between the oldest and the newest of the last <paramref name="lastBars"/> bars; null where none is missing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of bars is negative.</exception>
    public static DateOnly? FirstMissingDay(this BarSeries series, int lastBars)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lastBars);
        var bars = series.Bars.Span;
        for (var i = Math.Max(0, bars.Length - lastBars) + 1; i < bars.Length; i++)
        {
            var expected = bars[i - 1].Day.AddDays(1);
            if (bars[i].Day != expected)
            {
                return expected;
            }
        }

        return null;
    }

    /// <summary>
    /// The time since the newest bar closed, counted to the end of <paramref name="asOf"/> or, without it, to <paramref name="now"/>; null for a
    /// series without bars. Less than a day, or negative, where the newest closed bar is present.
    /// </summary>
    public static TimeSpan? Age(this BarSeries series, DateOnly? asOf, DateTimeOffset now) =>
        series.Bars.IsEmpty ? null : (asOf?.EndOfDay() ?? now) - series.Bars.Span[^1].Day.EndOfDay();
}
