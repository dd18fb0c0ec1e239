namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>
/// Finds series that no market produces although each of their bars is valid by <see cref="BarRules"/>: a price in another unit, or a feed that
/// repeats the last trade.
/// </summary>
public static class SeriesRules
{
    /// <summary>The largest ratio of a close to the close before it, in either direction.</summary>
    public const double LargestMove = 10;

    /// <summary>From this number of bars without a trade at the end of a series, the symbol counts as not traded.</summary>
    public const int DaysWithoutTrade = 3;

    /// <summary>The first bar whose close is more than ten times the close before it, or less than a tenth; null where none is.</summary>
    /// <param name="series">The bars.</param>
    /// <param name="isAccepted">Whether a jump on a day is known to be correct.</param>
    public static PriceJump? FirstJump(BarSeries series, Func<DateOnly, bool> isAccepted)
    {
        var bars = series.Bars.Span;
        for (var i = 1; i < bars.Length; i++)
        {
            if (IsJump(bars[i - 1].Close, bars[i].Close) && !isAccepted(bars[i].Day))
            {
                return new PriceJump(bars[i].Day, bars[i].Close / bars[i - 1].Close);
            }
        }

        return null;
    }

    /// <summary>Whether a close is too far from the close before it.</summary>
    public static bool IsJump(double previous, double close) => close > LargestMove * previous || previous > LargestMove * close;

    /// <summary>The first price of a bar that is more than ten times its close, or less than a tenth; null where none is.</summary>
    public static BarFault? Stray(in Bar bar) => Stray("open", bar.Open, bar.Close) ?? Stray("high", bar.High, bar.Close) ?? Stray("low", bar.Low, bar.Close);

    private static BarFault? Stray(string column, double price, double close) =>
        IsJump(close, price) ? new BarFault(column, FormattableString.Invariant($"0.1 to 10 times the close of {close:R}"), price) : null;

    /// <summary>
    /// The bars without a trade at the end of a series, where there are three or more: no volume, and an unchanged price. Null where there are fewer.
    /// A pegged price with volume does not count, nor a price that moves while its volume is unknown.
    /// </summary>
    public static Standstill? Standstill(BarSeries series)
    {
        var bars = series.Bars.Span;
        var first = bars.Length;
        while (first > 0 && IsUntraded(bars[first - 1]) && bars[first - 1].Close == bars[^1].Close)
        {
            first--;
        }

        return bars.Length - first >= DaysWithoutTrade ? new Standstill(first > 0 ? bars[first - 1].Day : null, bars[first].Day, bars.Length - first) : null;
    }

    private static bool IsUntraded(in Bar bar) => bar.Volume == 0 && bar.Open == bar.Close && bar.High == bar.Close && bar.Low == bar.Close;
}

/// <summary>A close that is too far from the close before it.</summary>
/// <param name="Day">Its day.</param>
/// <param name="Factor">The close over the close before it.</param>
public readonly record struct PriceJump(DateOnly Day, double Factor);

/// <summary>Bars in which nothing was traded.</summary>
/// <param name="LastTrade">The day of the bar before them; null where there is none.</param>
/// <param name="First">The day of the first of them.</param>
/// <param name="Bars">How many there are.</param>
public readonly record struct Standstill(DateOnly? LastTrade, DateOnly First, int Bars);
