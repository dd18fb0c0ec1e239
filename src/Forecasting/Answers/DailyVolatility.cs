using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>The volatility of daily closes.</summary>
public static class DailyVolatility
{
    private const int Closes = 120;

    /// <summary>
    /// Sample standard deviation of the changes close[i] / close[i-1] - 1 among the last 120 closes, or among all where there are fewer; a fraction
    /// (0.0268), not a percentage. 0 where there are fewer than two changes.
    /// </summary>
    public static double Of(BarSeries series)
    {
        var bars = series.Bars.Span[^Math.Min(Closes, series.Bars.Length)..];
        if (bars.Length < 3)
        {
            return 0;
        }

        Span<double> changes = stackalloc double[bars.Length - 1];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = (bars[i + 1].Close / bars[i].Close) - 1;
        }

        return Moments.SampleDeviation(changes, Moments.Mean(changes));
    }
}
