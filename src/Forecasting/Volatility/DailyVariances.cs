using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>
/// Two estimates of each day's variance, and their means over any number of days: the squared log return of the closes, and Parkinson's,
/// ln(high / low)^2 / (4 ln 2), which uses the day's range and is about five times as precise (Parkinson, 1980, The Extreme Value Method for Estimating
/// the Variance of the Rate of Return).
/// </summary>
/// <remarks>
/// One bad bar may spoil weeks of forecasts, so a day counts at most 20 times (four and a half deviations) the mean of the 120 days before it. A return over
/// missing days is divided by their number.
/// </remarks>
internal sealed class DailyVariances
{
    private const int CapDays = 120;
    private const double LargestOfMean = 20;

    // With fewer days before it, a day has no usual size.
    private const int FewestBefore = 20;

    private static readonly double ParkinsonScale = 1 / (4 * Math.Log(2));

    // Sums of all days before an index, so that a mean takes one subtraction.
    private readonly double[] _squares;
    private readonly double[] _ranges;

    /// <param name="bars">Ascending, valid by <see cref="BarRules"/>; at least one.</param>
    public DailyVariances(ReadOnlySpan<Bar> bars)
    {
        _squares = new double[bars.Length + 1];
        _ranges = new double[bars.Length + 1];
        for (var i = 0; i < bars.Length; i++)
        {
            ref readonly var bar = ref bars[i];
            var range = Math.Log(bar.High / bar.Low);
            var square = 0.0;
            if (i > 0)
            {
                var change = Math.Log(bar.Close / bars[i - 1].Close);
                square = change * change / (bar.Day.DayNumber - bars[i - 1].Day.DayNumber);
            }

            // The first bar has no return.
            _squares[i + 1] = _squares[i] + Capped(square, _squares, i, 1);
            _ranges[i + 1] = _ranges[i] + Capped(range * range * ParkinsonScale, _ranges, i, 0);
        }
    }

    /// <summary>The number of days.</summary>
    public int Count => _squares.Length - 1;

    /// <summary>A day's squared return.</summary>
    public double Square(int day) => _squares[day + 1] - _squares[day];

    /// <summary>The mean squared return of the days up to and including one; there must be as many returns.</summary>
    public double MeanSquare(int last, int days) => (_squares[last + 1] - _squares[last + 1 - days]) / days;

    /// <summary>Parkinson's mean variance of the days up to and including one; there must be as many bars.</summary>
    public double MeanRange(int last, int days) => (_ranges[last + 1] - _ranges[last + 1 - days]) / days;

    private static double Capped(double value, double[] sums, int day, int first)
    {
        var from = Math.Max(first, day - CapDays);
        var most = day - from < FewestBefore ? 0 : LargestOfMean * (sums[day] - sums[from]) / (day - from);
        return most > 0 ? Math.Min(value, most) : value;
    }
}
