using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>What closes did over a horizon.</summary>
public static class Realised
{
    /// <summary>The sum of the squared log returns of the closes.</summary>
    /// <param name="bars">Ascending: the day of the forecast and the days of its horizon.</param>
    public static double Variance(ReadOnlySpan<Bar> bars)
    {
        var sum = 0.0;
        for (var i = 1; i < bars.Length; i++)
        {
            var change = Math.Log(bars[i].Close / bars[i - 1].Close);
            sum += change * change;
        }

        return sum;
    }

    /// <summary>The largest fall of closes from the highest close before, ln(peak / close); 0 where no close is below one before it.</summary>
    /// <param name="bars">Ascending, at least one.</param>
    public static double Drawdown(ReadOnlySpan<Bar> bars)
    {
        var (peak, largest) = (bars[0].Close, 0.0);
        foreach (ref readonly var bar in bars)
        {
            peak = Math.Max(peak, bar.Close);
            largest = Math.Max(largest, Math.Log(peak / bar.Close));
        }

        return largest;
    }
}
