namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>
/// A heterogeneous autoregression: the log of the variance over a horizon, linear in the logs of the range-based variance of the last day, week and month
/// and of the squared returns of the last 120 days (Corsi, 2009, A Simple Approximate Long-Memory Model of Realized Volatility; in logs, so that a
/// forecast is positive and one wild day counts less).
/// </summary>
/// <param name="Constant">The constant.</param>
/// <param name="Day">Of the last day's variance.</param>
/// <param name="Week">Of the mean of 7 days.</param>
/// <param name="Month">Of the mean of 30 days.</param>
/// <param name="LongRun">Of the mean squared return of 120 days.</param>
public sealed record Har(double Constant, double Day, double Week, double Month, double LongRun)
{
    internal const int Inputs = 5;

    // A day without any range has no log, and may be only a day without trades.
    private const double LeastOfMonth = 0.05;

    /// <summary>The log of the variance over the horizon.</summary>
    internal double LogVariance(ReadOnlySpan<double> inputs) =>
        Constant + (Day * inputs[1]) + (Week * inputs[2]) + (Month * inputs[3]) + (LongRun * inputs[4]);

    /// <summary>The inputs of a day; false where the bars have no range, as those of a source that has closes only.</summary>
    /// <param name="variances">The days.</param>
    /// <param name="day">From <see cref="VolatilityModel.WarmUp"/>.</param>
    /// <param name="longRun">The mean squared return of 120 days, above 0.</param>
    /// <param name="inputs">[5]</param>
    internal static bool TryInputs(DailyVariances variances, int day, double longRun, Span<double> inputs)
    {
        var month = variances.MeanRange(day, 30);
        if (month <= 0)
        {
            return false;
        }

        inputs[0] = 1;
        inputs[1] = Math.Log(Math.Max(variances.MeanRange(day, 1), LeastOfMonth * month));
        inputs[2] = Math.Log(Math.Max(variances.MeanRange(day, 7), LeastOfMonth * month));
        inputs[3] = Math.Log(month);
        inputs[4] = Math.Log(longRun);
        return true;
    }
}
