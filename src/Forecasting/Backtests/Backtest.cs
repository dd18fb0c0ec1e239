using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Backtests;

/// <summary>What would have been answered on each day of a past, from the bars up to that day, and the outcome.</summary>
public static class Backtest
{
    /// <summary>
    /// The days of a history, ascending, without those that have no answer, and those whose horizon is not closed or has a gap. Bars after a day change
    /// nothing of its answer, only its outcome.
    /// </summary>
    /// <param name="volatility">How far prices move.</param>
    /// <param name="series">All bars there are.</param>
    /// <param name="horizon">7, 14 or 30 days.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="outlookOf">The direction that would have been predicted on a day, made from the bars up to it; null where there was none.</param>
    /// <param name="isKnown">Whether the model of the directions had learnt from a day.</param>
    public static IEnumerable<BacktestDay> Of(
        VolatilityModel volatility, BarSeries series, int horizon, DateOnly from, DateOnly to, Func<DateOnly, Outlook?> outlookOf, Func<DateOnly, bool> isKnown)
    {
        var frequencies = new Outcomes(series).FrequenciesByDay(horizon);
        foreach (var range in RangeDay.Of(volatility, series, horizon, from, to))
        {
            if (outlookOf(range.Day) is { } outlook)
            {
                yield return new(
                    range, Outcome.Of(range.Close, range.Later), outlook, frequencies[range.Day], isKnown(range.Day) || range.Day <= volatility.FittedThrough);
            }
        }
    }
}

/// <summary>One day of a backtest.</summary>
/// <param name="Range">The predicted range and volatility, and the prices of the horizon.</param>
/// <param name="Actual">The actual direction.</param>
/// <param name="Outlook">The predicted direction.</param>
/// <param name="BaseRate">[3]: how frequent the directions had been over the horizons that had closed by the day.</param>
/// <param name="IsReplayed">Whether a model had learnt from the day, so that it is no evidence.</param>
public sealed record BacktestDay(RangeDay Range, Direction Actual, Outlook Outlook, IReadOnlyList<double> BaseRate, bool IsReplayed)
{
    /// <summary>Whether the predicted direction was the actual one.</summary>
    public bool IsHit => Outlook.Direction == Actual;

    /// <summary>Whether the most frequent direction was the actual one.</summary>
    public bool IsBaseRateHit => Outlook.Of(BaseRate).Direction == Actual;

    /// <summary>The squared error of the probabilities, over the three directions; 0..2.</summary>
    public double Brier => ErrorOf(Outlook.Probabilities);

    /// <summary>The same of the base rate.</summary>
    public double BaseRateBrier => ErrorOf(BaseRate);

    private double ErrorOf(IReadOnlyList<double> probabilities)
    {
        var sum = 0.0;
        for (var c = 0; c < probabilities.Count; c++)
        {
            var error = probabilities[c] - (c == (int)Actual ? 1 : 0);
            sum += error * error;
        }

        return sum;
    }
}
