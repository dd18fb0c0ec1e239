using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>
/// The exponentially weighted mean of squared log returns, with a decay of 0.97 (J.P. Morgan, 1996, RiskMetrics): what a practitioner writes in one line,
/// and what our volatility and ranges are measured against.
/// </summary>
public static class Ewma
{
    /// <summary>The weight of the day before.</summary>
    public const double Decay = 0.97;

    /// <summary>The daily variance after each bar, [bars]: the plain mean of the first 33 returns; 0 at the first bar.</summary>
    public static double[] Variances(BarSeries series)
    {
        var bars = series.Bars.Span;
        var variances = new double[bars.Length];
        for (var i = 1; i < bars.Length; i++)
        {
            var change = Math.Log(bars[i].Close / bars[i - 1].Close);
            var weight = Math.Max(1 - Decay, 1.0 / i);
            variances[i] = ((1 - weight) * variances[i - 1]) + (weight * change * change);
        }

        return variances;
    }
}
