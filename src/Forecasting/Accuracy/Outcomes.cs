using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>The outcome of each day of a symbol: how its close changed over the horizon.</summary>
public sealed class Outcomes
{
    private readonly Dictionary<DateOnly, double> _closes = [];
    private readonly BarSeries _series;

    /// <param name="series">All bars to use.</param>
    public Outcomes(BarSeries series)
    {
        _series = series;
        foreach (ref readonly var bar in series.Bars.Span)
        {
            _closes[bar.Day] = bar.Close;
        }
    }

    /// <summary>The outcome of a day over the horizon; null where either close is missing.</summary>
    /// <param name="day">The day of the first close.</param>
    /// <param name="horizon">Days to the second.</param>
    public Direction? Of(DateOnly day, int horizon) =>
        _closes.TryGetValue(day, out var close) && _closes.TryGetValue(day.AddDays(horizon), out var later) ? Outcome.Of(close, later) : null;

    /// <summary>The close of a day; null where it is missing.</summary>
    public double? CloseOf(DateOnly day) => _closes.TryGetValue(day, out var close) ? close : null;

    /// <summary>The frequencies of the three outcomes, over days whose horizon ends by a day; each is counted once more, so that none is 0; [3].</summary>
    /// <param name="lastDay">The last day to use.</param>
    /// <param name="horizon">Days from one close to the other.</param>
    public double[] FrequenciesUpTo(DateOnly lastDay, int horizon)
    {
        double[] counts = [1, 1, 1];
        foreach (ref readonly var bar in _series.Bars.Span)
        {
            if (bar.Day.AddDays(horizon) <= lastDay && Of(bar.Day, horizon) is { } outcome)
            {
                counts[(int)outcome]++;
            }
        }

        return [.. counts.Select(count => count / counts.Sum())];
    }

    /// <summary><see cref="FrequenciesUpTo"/> of the day of every bar.</summary>
    /// <param name="horizon">Days from one close to the other.</param>
    public IReadOnlyDictionary<DateOnly, double[]> FrequenciesByDay(int horizon) => ByDay<double[]>(horizon, counts =>
    {
        double sum = counts.Sum() + counts.Length;
        return [.. counts.Select(count => (count + 1) / sum)];
    });

    /// <summary>
    /// The most frequent outcome on the day of every bar, over days whose horizon ends by that day; of equally frequent ones the first of bearish,
    /// neutral and bullish. Null where there is none.
    /// </summary>
    /// <param name="horizon">Days from one close to the other.</param>
    public IReadOnlyDictionary<DateOnly, Direction?> MostFrequentByDay(int horizon) =>
        ByDay<Direction?>(horizon, counts => counts.Max() is > 0 and var most ? (Direction)Array.IndexOf(counts, most) : null);

    // What is made from the counts of the outcomes known on each bar's day; [3].
    private Dictionary<DateOnly, T> ByDay<T>(int horizon, Func<int[], T> make)
    {
        int[] counts = [0, 0, 0];
        var byDay = new Dictionary<DateOnly, T>();
        var bars = _series.Bars.Span;
        var next = 0;
        foreach (ref readonly var bar in bars)
        {
            for (; bars[next].Day.AddDays(horizon) <= bar.Day; next++)
            {
                if (Of(bars[next].Day, horizon) is { } outcome)
                {
                    counts[(int)outcome]++;
                }
            }

            byDay[bar.Day] = make(counts);
        }

        return byDay;
    }
}
