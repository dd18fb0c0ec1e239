using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Risk;

/// <summary>
/// The daily log returns that all holdings have: of the days of the year up to a day on which every one has a bar, and had one the day before. A day that
/// one of them lacks is left out for all; nothing is filled in.
/// </summary>
public sealed class CommonDays
{
    /// <summary>The days before the last one that are looked at.</summary>
    public const int Year = 365;

    private readonly List<double[]> _returns = [];

    /// <param name="histories">The bars of each holding, ascending.</param>
    /// <param name="last">The last day.</param>
    public CommonDays(IReadOnlyList<BarSeries> histories, DateOnly last)
    {
        var first = last.AddDays(-Year);
        var byDay = new double[Year + 1][];
        Missing = [.. histories.Select(_ => new List<DateOnly>())];
        for (var h = 0; h < histories.Count; h++)
        {
            var bars = histories[h].EndingAt(last, VolatilityModel.Bars).Bars.Span;
            var variances = new DailyVariances(bars);
            var next = 0;
            for (var i = 0; i < bars.Length; i++)
            {
                var day = bars[i].Day.DayNumber - first.DayNumber;
                if (day < 0)
                {
                    continue;
                }

                for (; next < day; next++)
                {
                    Missing[h].Add(first.AddDays(next));
                }

                next = day + 1;
                // One bad bar counts no more for the correlation than for the volatility.
                (byDay[day] ??= Empty(histories.Count))[h] = i == 0 || bars[i - 1].Day.DayNumber != bars[i].Day.DayNumber - 1
                    ? double.NaN
                    : Math.CopySign(Math.Sqrt(variances.Square(i)), bars[i].Close - bars[i - 1].Close);
            }

            for (; next <= Year; next++)
            {
                Missing[h].Add(first.AddDays(next));
            }
        }

        _returns.AddRange(byDay.Skip(1).Where(returns => returns is not null && !returns.Any(double.IsNaN)));
    }

    /// <summary>How many there are.</summary>
    public int Count => _returns.Count;

    /// <summary>By holding: the days of the year without a bar, ascending.</summary>
    public IReadOnlyList<List<DateOnly>> Missing { get; }

    /// <summary>
    /// The exponentially weighted correlations, [holdings, holdings], with the decay of <see cref="Ewma"/>: the mean of the products of two returns over
    /// the root of the product of the means of their squares (J.P. Morgan, 1996, RiskMetrics, section 5.2). 0 between returns that are all 0.
    /// </summary>
    public double[,] Correlations()
    {
        var count = Missing.Count;
        var covariances = new double[count, count];
        for (var day = 0; day < _returns.Count; day++)
        {
            var weight = Math.Max(1 - Ewma.Decay, 1.0 / (day + 1));
            var returns = _returns[day];
            for (var i = 0; i < count; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    covariances[i, j] = ((1 - weight) * covariances[i, j]) + (weight * returns[i] * returns[j]);
                }
            }
        }

        var correlations = new double[count, count];
        for (var i = 0; i < count; i++)
        {
            correlations[i, i] = 1;
            for (var j = 0; j < i; j++)
            {
                var product = Math.Sqrt(covariances[i, i]) * Math.Sqrt(covariances[j, j]);
                correlations[i, j] = correlations[j, i] = product > 0 ? Math.Clamp(covariances[i, j] / product, -1, 1) : 0;
            }
        }

        return correlations;
    }

    private static double[] Empty(int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
