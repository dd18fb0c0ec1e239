using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>How often a model's most probable class was the actual one, over forecasts whose horizon closed in the newest days.</summary>
/// <param name="Last30Days">Null where one of these days has no forecast or no outcome.</param>
/// <param name="Last90Days">Null where one of these days has no forecast or no outcome.</param>
/// <param name="FirstDay">The day of the oldest counted forecast; null where none counts.</param>
public sealed record HitRates(HitRate? Last30Days, HitRate? Last90Days, DateOnly? FirstDay)
{
    /// <summary>Days of the longer period.</summary>
    public const int LongPeriod = 90;

    private const int ShortPeriod = 30;

    /// <summary>The days whose forecasts count, newest first: those whose horizon closed within the longer period.</summary>
    /// <param name="series">Not empty.</param>
    /// <param name="days">The horizon.</param>
    public static IEnumerable<DateOnly> ForecastDays(BarSeries series, int days)
    {
        var last = series.Bars.Span[^1].Day.AddDays(-days);
        return Enumerable.Range(0, LongPeriod).Select(back => last.AddDays(-back));
    }

    /// <summary>Scores forecasts.</summary>
    /// <param name="series">Ascending. A forecast counts where its horizon closes on the newest day or before.</param>
    /// <param name="days">The horizon.</param>
    /// <param name="predicted">The predicted direction on each of <see cref="ForecastDays"/>, as far back as there are predictions.</param>
    public static HitRates Measure(BarSeries series, int days, IReadOnlyList<Direction> predicted)
    {
        var outcomes = new Outcomes(series);
        var mostFrequent = outcomes.MostFrequentByDay(days);
        var hits = 0;
        int? baseHits = 0;
        HitRate? shortRate = null;
        DateOnly? shortPeriodFrom = null;
        foreach (var (back, day) in ForecastDays(series, days).Index())
        {
            if (back == predicted.Count || outcomes.Of(day, days) is not { } outcome)
            {
                return new(shortRate, null, shortPeriodFrom);
            }

            hits += predicted[back] == outcome ? 1 : 0;
            baseHits = mostFrequent[day] is { } named ? baseHits + (named == outcome ? 1 : 0) : null;
            if (back == ShortPeriod - 1)
            {
                (shortRate, shortPeriodFrom) = (RateOver(ShortPeriod), day);
            }
        }

        return new(shortRate, RateOver(LongPeriod), ForecastDays(series, days).Last());

        HitRate RateOver(int period) => new((double)hits / period, (double?)baseHits / period, (double)period / days);
    }
}
