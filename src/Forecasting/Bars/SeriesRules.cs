namespace Coinsphere.Messaging.Forecasting.Bars;

/// <summary>
/// What no market makes of a series, while each of its bars is valid by <see cref="BarRules"/>: another unit of price, a feed that repeats the last trade.
/// </summary>
public static class SeriesRules
{
    /// <summary>How many times the close before it a close may be, and the other way round.</summary>
    public const double LargestMove = 10;

    /// <summary>How many bars without any trade at the end of a series say that nobody trades.</summary>
    public const int DaysWithoutTrade = 3;

    /// <summary>The first bar whose close is more than ten times the close before it, or less than a tenth; null where none is.</summary>
    /// <param name="series">The bars.</param>
    /// <param name="isAccepted">The days of jumps that are known to be right.</param>
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

    /// <summary>Whether no market makes this close of that one.</summary>
    public static bool IsJump(double previous, double close) => close > LargestMove * previous || previous > LargestMove * close;

    /// <summary>
    /// The bars at the end of a series in which nothing was traded, where they are three or more: no volume, and one price that stays the same. Null where
    /// there are fewer. A pegged price that is traded is none, nor is a price that moves while its volume is not known.
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

/// <summary>A close that no market makes of the one before it.</summary>
/// <param name="Day">Its day.</param>
/// <param name="Factor">The close over the close before it.</param>
public readonly record struct PriceJump(DateOnly Day, double Factor);

/// <summary>Bars in which nothing was traded.</summary>
/// <param name="LastTrade">The day of the bar before them; null where there is none.</param>
/// <param name="First">The day of the first of them.</param>
/// <param name="Bars">How many there are.</param>
public readonly record struct Standstill(DateOnly? LastTrade, DateOnly First, int Bars);
