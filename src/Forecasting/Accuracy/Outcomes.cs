using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>What a symbol's closes did after each day.</summary>
public sealed class Outcomes
{
    /// <summary>A change beyond it, either way, is a direction.</summary>
    public const double Threshold = 0.02;

    private readonly Dictionary<DateOnly, double> _closes = [];

    /// <param name="series">All bars that count.</param>
    public Outcomes(BarSeries series)
    {
        foreach (ref readonly var bar in series.Bars.Span)
        {
            _closes[bar.Day] = bar.Close;
        }
    }

    /// <summary>What the close did over the horizon after a day; null where either close is missing.</summary>
    /// <param name="day">The day of the first close.</param>
    /// <param name="horizon">Days to the second.</param>
    public Direction? Of(DateOnly day, int horizon) =>
        _closes.TryGetValue(day, out var close) && _closes.TryGetValue(day.AddDays(horizon), out var later) ? Of(close, later) : null;

    /// <summary>Below -2 % bearish, above +2 % bullish, else neutral.</summary>
    /// <param name="close">The close at the window's end, above 0.</param>
    /// <param name="later">The close a horizon later.</param>
    public static Direction Of(double close, double later)
    {
        var change = (later / close) - 1;
        return change < -Threshold ? Direction.Bearish : change > Threshold ? Direction.Bullish : Direction.Neutral;
    }
}
