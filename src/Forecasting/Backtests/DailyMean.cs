using Coinsphere.Messaging.Forecasting.Accuracy;

namespace Coinsphere.Messaging.Forecasting.Backtests;

/// <summary>A mean over days.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Bounds">Where the true mean lies with a probability of 90 %; null where the days are too few to say.</param>
public sealed record DailyMean(double Value, (double Low, double High)? Bounds)
{
    // Neighbouring days share most of their horizon.
    private const int HorizonsOfBlock = 2;

    /// <summary>The same with bounds that no mean of such values can pass.</summary>
    internal DailyMean Within(double least, double most) =>
        this with { Bounds = Bounds is { } bounds ? (Math.Clamp(bounds.Low, least, most), Math.Clamp(bounds.High, least, most)) : null };

    /// <summary>The mean of a value of items that have it; null where none has.</summary>
    /// <param name="items">In any order; several of a day are taken together.</param>
    /// <param name="dayOf">The day of an item.</param>
    /// <param name="valueOf">The value of an item, or null.</param>
    /// <param name="horizon">Over how many days a value depends on prices.</param>
    internal static DailyMean? Of<T>(IReadOnlyCollection<T> items, Func<T, DateOnly> dayOf, Func<T, double?> valueOf, int horizon)
    {
        var byDay = new Dictionary<int, DaySum>();
        foreach (var item in items)
        {
            if (valueOf(item) is { } value)
            {
                var day = dayOf(item).DayNumber;
                var sum = byDay.GetValueOrDefault(day);
                byDay[day] = new(sum.Sum + value, sum.Count + 1);
            }
        }

        if (byDay.Count == 0)
        {
            return null;
        }

        var first = byDay.Keys.Min();
        var days = new DaySum[byDay.Keys.Max() - first + 1];
        foreach (var (day, sum) in byDay)
        {
            days[day - first] = sum;
        }

        var mean = byDay.Values.Sum(day => day.Sum) / byDay.Values.Sum(day => day.Count);
        return new(mean, BlockBootstrap.Of(days, HorizonsOfBlock * horizon) is { } bounds ? (bounds.Lower, bounds.Upper) : null);
    }
}
