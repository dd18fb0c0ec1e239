using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>How often a model's most probable class was what happened, over forecasts whose horizon closed in the newest days.</summary>
/// <param name="Last30Days">0..1; null where one of these days has no forecast or no outcome.</param>
/// <param name="Last90Days">0..1; null where one of these days has no forecast or no outcome.</param>
/// <param name="FirstDay">The day of the oldest forecast that counts; null where none does.</param>
public sealed record HitRates(double? Last30Days, double? Last90Days, DateOnly? FirstDay)
{
    /// <summary>Days of the longer period.</summary>
    public const int LongPeriod = 90;

    private const int ShortPeriod = 30;

    /// <summary>Scores forecasts.</summary>
    /// <param name="series">Ascending. The newest day counts, and the horizon of a forecast closes on its day or before.</param>
    /// <param name="days">The horizon.</param>
    /// <param name="directionOf">What the model said on a day; null where it could say nothing. Asked for at most 90 days.</param>
    public static HitRates Measure(BarSeries series, int days, Func<DateOnly, Direction?> directionOf)
    {
        var outcomes = new Outcomes(series);
        var last = series.Bars.Span[^1].Day;
        var hits = 0;
        double? shortRate = null;
        for (var back = 0; back < LongPeriod; back++)
        {
            var day = last.AddDays(-days - back);
            if (outcomes.Of(day, days) is not { } outcome || directionOf(day) is not { } said)
            {
                return new(shortRate, null, shortRate is null ? null : last.AddDays(-days - ShortPeriod + 1));
            }

            hits += said == outcome ? 1 : 0;
            if (back == ShortPeriod - 1)
            {
                shortRate = (double)hits / ShortPeriod;
            }
        }

        return new(shortRate, (double)hits / LongPeriod, last.AddDays(-days - LongPeriod + 1));
    }
}
