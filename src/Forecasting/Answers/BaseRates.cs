using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Lstm;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>How frequent the three outcomes were.</summary>
public static class BaseRates
{
    /// <summary>The frequencies over the bars of a series, [3]; each outcome is counted once more, so that none is 0.</summary>
    /// <param name="series">Ascending; pairs of bars that are not exactly a horizon apart are left out.</param>
    /// <param name="days">The horizon.</param>
    public static double[] Of(BarSeries series, int days)
    {
        Span<int> counts = [1, 1, 1];
        var total = Classes.Count;
        var bars = series.Bars.Span;
        for (int from = 0, to = 0; from < bars.Length; from++)
        {
            var end = bars[from].Day.DayNumber + days;
            while (to < bars.Length && bars[to].Day.DayNumber < end)
            {
                to++;
            }

            if (to < bars.Length && bars[to].Day.DayNumber == end)
            {
                counts[(int)Outcome.Of(bars[from].Close, bars[to].Close)]++;
                total++;
            }
        }

        return [(double)counts[0] / total, (double)counts[1] / total, (double)counts[2] / total];
    }
}
