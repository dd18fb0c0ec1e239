using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Backtests;

/// <summary>How good a range, a distribution or a variance was; the lower the better.</summary>
public static class RangeScores
{
    /// <summary>
    /// The interval score of a 90 % range, as a fraction of the close: its width, and 20 times the distance of an outcome outside of it (Gneiting and
    /// Raftery, 2007, Strictly Proper Scoring Rules). A range is best where it is as narrow as the truth allows.
    /// </summary>
    /// <param name="close">The close on the day of the forecast.</param>
    /// <param name="low">The range's low.</param>
    /// <param name="high">The range's high.</param>
    /// <param name="later">The close at the horizon.</param>
    public static double Interval(double close, double low, double high, double later) =>
        (high - low + (2 / (1 - PriceQuantiles.Coverage) * (Math.Max(0, low - later) + Math.Max(0, later - high)))) / close;

    /// <summary>
    /// The continuous ranked probability score, as a fraction of the close, by quantiles: twice the mean quantile loss over <see cref="PriceQuantiles.Levels"/>
    /// (Gneiting and Raftery, 2007).
    /// </summary>
    /// <param name="close">The close on the day of the forecast.</param>
    /// <param name="quantiles">[7]</param>
    /// <param name="later">The close at the horizon.</param>
    public static double Distribution(double close, ReadOnlySpan<double> quantiles, double later)
    {
        var sum = 0.0;
        for (var i = 0; i < quantiles.Length; i++)
        {
            var error = later - quantiles[i];
            sum += error * (PriceQuantiles.Levels[i] - (error < 0 ? 1 : 0));
        }

        return 2 * sum / quantiles.Length / close;
    }

    /// <summary>
    /// QLIKE: actual / forecast - ln(actual / forecast) - 1, 0 where they are equal (Patton, 2011, Volatility Forecast Comparison Using Imperfect Volatility
    /// Proxies). Null where the price did not move, so that it has no value.
    /// </summary>
    /// <param name="forecast">The variance that was forecast, above 0.</param>
    /// <param name="actual">The realised variance.</param>
    public static double? Variance(double forecast, double actual) =>
        actual > 0 ? (actual / forecast) - Math.Log(actual / forecast) - 1 : null;
}
