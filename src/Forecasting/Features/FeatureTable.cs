namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>The features of every bar that has all of them, ascending by day. No value is NaN or infinite.</summary>
/// <param name="Values">Row-major [rows, 20], columns as in <see cref="FeatureColumn"/>.</param>
/// <param name="Days">[rows], the UTC day of each row's bar. Rows dropped in mid-series leave a gap, as missing bars do.</param>
/// <param name="EndsAtLastBar">Whether the last row is the last bar's. Where it is not, that bar has no complete features.</param>
public sealed record FeatureTable(ReadOnlyMemory<double> Values, ReadOnlyMemory<DateOnly> Days, bool EndsAtLastBar)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Days.Length;

    /// <summary>The first <paramref name="rows"/> rows, as they were known on the day of the last one.</summary>
    public FeatureTable First(int rows) => this with { Values = Values[..(rows * FeatureNames.Count)], Days = Days[..rows] };

    /// <summary>The table up to a day that ends a window of consecutive days; null where there is no such window.</summary>
    /// <param name="lastDay">The last row's day.</param>
    /// <param name="steps">Days of the window.</param>
    public FeatureTable? WindowEndingAt(DateOnly lastDay, int steps)
    {
        var row = Days.Span.BinarySearch(lastDay);
        return row >= steps - 1 && Days.Span[row - steps + 1] == lastDay.AddDays(1 - steps) ? First(row + 1) : null;
    }

    /// <summary>The 20 features of row <paramref name="row"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public ReadOnlySpan<double> Row(int row) => Values.Span.Slice(row * FeatureNames.Count, FeatureNames.Count);

    /// <summary>The features of the newest row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The table is empty.</exception>
    public ReadOnlySpan<double> LastRow() => Row(Rows - 1);
}
