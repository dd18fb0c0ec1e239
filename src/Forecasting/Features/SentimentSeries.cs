namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Social sentiment by day. A day may be missing.</summary>
/// <param name="Source">Where it came from, as answers name it.</param>
/// <param name="Days">Ascending by day, no day twice.</param>
public sealed record SentimentSeries(string Source, ReadOnlyMemory<Sentiment> Days)
{
    /// <summary>For how many days a sentiment stands in for those that are missing after it.</summary>
    public const int MaxAge = 7;

    /// <summary>What is used where no source is configured: nothing known, source <c>neutral</c>.</summary>
    public static SentimentSeries Neutral { get; } = new("neutral", default);

    /// <summary>
    /// What a bar may know: the newest sentiment of a day before its own, since a day's sentiment may be published during that day or after it.
    /// Null where that is more than <see cref="MaxAge"/> days old or none.
    /// </summary>
    /// <param name="day">The bar's UTC day.</param>
    public Sentiment? KnownOn(DateOnly day)
    {
        var days = Days.Span;
        int from = 0, to = days.Length;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (days[middle].Day < day)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from > 0 && day.DayNumber - days[from - 1].Day.DayNumber <= MaxAge ? days[from - 1] : null;
    }

    /// <summary>Where a bar's sentiment comes from: <see cref="Source"/>, or <c>neutral</c> where nothing is known on its day.</summary>
    /// <param name="day">The bar's UTC day.</param>
    public string SourceOn(DateOnly day) => KnownOn(day) is null ? Neutral.Source : Source;
}
