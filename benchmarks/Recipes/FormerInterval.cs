using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Recipes;

/// <summary>
/// The range that contains the close at a horizon nine times out of ten, by split-conformal prediction. It uses how far past closes of the series
/// moved over that horizon, in units of the volatility of their day, times today's volatility. Both are rolling, so the range follows the market.
/// </summary>
/// <remarks>
/// Scores are |ln(close[t + h] / close[t])| / (sigma[t] sqrt(h)), with exponentially weighted sigma. Neighbouring horizons overlap and are not
/// independent, so the quantile's finite-sample correction counts one score per half horizon.
/// </remarks>
internal static class FormerInterval
{
    /// <summary>The share of closes that lie in the range.</summary>
    public const double Level = 0.9;

    /// <summary>The largest ratio of a range's high to its low. A wider one is of no use, and its ends may overflow.</summary>
    public const double WidestRange = 100;

    private const double Decay = 0.97;
    private const int WarmUp = 20;
    private const int FewestScores = 60;

    /// <summary>The range of the close <paramref name="days"/> after the last bar, in USD; null where the series has fewer than 60 closed horizons.</summary>
    /// <param name="series">Ascending; pairs of bars that are not exactly a horizon apart are left out.</param>
    /// <param name="days">The horizon, from 1.</param>
    public static PriceBand? Of(BarSeries series, int days)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        var bars = series.Bars.Span;
        if (bars.Length < WarmUp + FewestScores + days)
        {
            return null;
        }

        var sigmas = Volatilities(bars);
        var scores = new double[bars.Length];
        var count = 0;
        for (int from = WarmUp, to = WarmUp; from < bars.Length; from++)
        {
            var end = bars[from].Day.DayNumber + days;
            while (to < bars.Length && bars[to].Day.DayNumber < end)
            {
                to++;
            }

            // Without moves before it there is no volatility to scale a move by.
            if (to < bars.Length && bars[to].Day.DayNumber == end && sigmas[from] > 0)
            {
                scores[count++] = Math.Abs(Math.Log(bars[to].Close / bars[from].Close)) / sigmas[from];
            }
        }

        if (count < FewestScores)
        {
            return null;
        }

        var move = Quantile(scores.AsSpan(0, count), Level * (1 + (days / (2.0 * count)))) * sigmas[^1];
        var close = bars[^1].Close;
        return new PriceBand(close * Math.Exp(-move), close * Math.Exp(move));
    }

    /// <summary>Whether a range is finite and narrow enough to be useful.</summary>
    public static bool IsTelling(PriceBand range) => range.Low > 0 && range.High <= WidestRange * range.Low;

    // The root of the horizon would be a factor of every score and a divisor of the result, so it is left out.
    private static double[] Volatilities(ReadOnlySpan<Bar> bars)
    {
        var sigmas = new double[bars.Length];
        var variance = 0.0;
        for (var i = 1; i < bars.Length; i++)
        {
            var change = Math.Log(bars[i].Close / bars[i - 1].Close);
            variance = i <= WarmUp ? variance + (change * change / WarmUp) : (Decay * variance) + ((1 - Decay) * change * change);
            sigmas[i] = Math.Sqrt(variance);
        }

        return sigmas;
    }

    private static double Quantile(Span<double> values, double level)
    {
        values.Sort();
        var place = Math.Min(1, level) * (values.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, values.Length - 1);
        return values[below] + ((place - below) * (values[above] - values[below]));
    }
}
