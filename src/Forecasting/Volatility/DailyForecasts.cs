using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>The variance over one horizon that a <see cref="VolatilityModel"/> forecasts after each day of a history, from the bars up to that day.</summary>
internal sealed class DailyForecasts
{
    private const double HarWeight = 3;

    private readonly DailyVariances _variances;
    private readonly double[] _next;
    private readonly Har _har;
    private readonly int _days;
    private readonly double _persistence;

    /// <param name="model">Its parameters.</param>
    /// <param name="variances">The days.</param>
    /// <param name="next">Of <see cref="NextVariances"/>.</param>
    /// <param name="days">The horizon: 7, 14 or 30.</param>
    public DailyForecasts(VolatilityModel model, DailyVariances variances, double[] next, int days)
    {
        _variances = variances;
        _next = next;
        _har = model.Horizons[days].Har;
        _days = days;
        _persistence = model.Garch.SumOfPersistence(days);
    }

    /// <summary>The variance that GARCH expects for the day after each day; 0 before there are 20 returns.</summary>
    public static double[] NextVariances(Garch garch, DailyVariances variances)
    {
        var next = new double[variances.Count];
        for (var day = VolatilityModel.FewestReturns; day < next.Length; day++)
        {
            var level = Level(variances, day);
            next[day] = day == VolatilityModel.FewestReturns ? level : garch.Next(next[day - 1], variances.Square(day), level);
        }

        return next;
    }

    /// <summary>The log of the variance over the horizon after a day; null where there are fewer than 20 returns, or the price has not moved.</summary>
    /// <param name="day">The index of its bar.</param>
    public double? LogVariance(int day)
    {
        if (day < VolatilityModel.FewestReturns)
        {
            return null;
        }

        var year = Level(_variances, day);
        if (day < VolatilityModel.WarmUp)
        {
            return year > 0 ? Math.Log(year * _days) : null;
        }

        var longRun = _variances.MeanSquare(day, VolatilityModel.WarmUp);
        if (longRun <= 0)
        {
            return null;
        }

        // One log of a product instead of three logs.
        var others = Math.Log(longRun * _days * (year * _days) * ((year * _days) + ((_next[day] - year) * _persistence)));
        Span<double> inputs = stackalloc double[Har.Inputs];
        return Har.TryInputs(_variances, day, longRun, inputs)
            ? ((HarWeight * _har.LogVariance(inputs)) + others) / (HarWeight + 3)
            : others / 3;
    }

    /// <summary>
    /// The factor that keeps a symbol's ranges honest, and the usual volatility. Each past move outside its range widens the next ones a little, each one
    /// inside narrows them by a ninth of that, so that nine of ten stay inside (adaptive conformal inference: Gibbs and Candes, 2021). It depends on the
    /// bars alone, so equal bars give equal ranges.
    /// </summary>
    /// <param name="bars">The bars of the history.</param>
    /// <param name="ninety">The quantile that is scaled, in deviations.</param>
    /// <returns>The factor, and the geometric mean of the volatilities that were forecast on those days; null where there is none.</returns>
    public (double Scale, double? Usual) LookBack(ReadOnlySpan<Bar> bars, double ninety)
    {
        const int Moves = 250;
        const double Step = 0.003;
        const double Outside = 0.1;
        var logQuantile = Math.Log(ninety);
        var (logScale, sum, count) = (0.0, 0.0, 0);
        var from = Math.Max(VolatilityModel.WarmUp, bars.Length - _days - Moves);
        for (var to = from; from < bars.Length - 1; from++)
        {
            var end = bars[from].Day.DayNumber + _days;
            while (to < bars.Length - 1 && bars[to].Day.DayNumber < end)
            {
                to++;
            }

            // Two bars that are not a horizon apart would be a move of another horizon.
            if (bars[to].Day.DayNumber == end && LogVariance(from) is { } logVariance)
            {
                var isOutside = Math.Abs(Math.Log(bars[to].Close / bars[from].Close)) > Math.Exp(logScale + logQuantile + (logVariance / 2));
                logScale += Step * ((isOutside ? 1 : 0) - Outside);
                sum += logVariance;
                count++;
            }
        }

        return (Math.Exp(logScale), count == 0 ? null : Math.Exp(sum / count / 2));
    }

    // The mean squared return of the year before a day, or of all returns where there are fewer.
    private static double Level(DailyVariances variances, int day) => variances.MeanSquare(day, Math.Min(day, VolatilityModel.Year));
}
