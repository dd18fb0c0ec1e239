using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>
/// Where the close at a horizon falls nine times of ten, by split-conformal prediction: how far past closes of the same series moved over that horizon, in
/// units of the volatility of their day, times the volatility of today. Both roll on with the bars, so the range widens and narrows with the market.
/// </summary>
/// <remarks>
/// Scores are |ln(close[t + h] / close[t])| / (sigma[t] sqrt(h)), sigma exponentially weighted. Neighbouring horizons overlap and say much the same, so the
/// quantile's finite-sample correction counts a score every half horizon as one of its own.
/// </remarks>
public static class ConformalInterval
{
    /// <summary>The share of closes that fall into the range.</summary>
    public const double Level = 0.9;

    /// <summary>How many times its low a range's high may be: one that is wider says nothing, and its ends run out of what a number holds.</summary>
    public const double WidestRange = 100;

    private const double Decay = 0.97;
    private const int WarmUp = 20;
    private const int FewestScores = 60;

    /// <summary>The range of the close <paramref name="days"/> after the last bar, in USD; null where the series has not 60 closed horizons to go by.</summary>
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

            // A price that stood still before it moved has no scale to measure the move by.
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

    /// <summary>Whether a range is finite and narrow enough to say something.</summary>
    public static bool IsTelling(PriceBand range) => range.Low > 0 && range.High <= WidestRange * range.Low;

    // The root of the horizon is in every score and in the last step alike, so it is in neither.
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
