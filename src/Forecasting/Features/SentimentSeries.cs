namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>Social sentiment by day. A day may be missing.</summary>
/// <param name="Source">The source's name in answers.</param>
/// <param name="Days">Ascending by day, no day twice.</param>
public sealed record SentimentSeries(string Source, ReadOnlyMemory<Sentiment> Days)
{
    /// <summary>For how many days a sentiment is used for missing days after it.</summary>
    public const int MaxAge = 7;

    /// <summary>Used where no source is configured: no sentiment, source <c>neutral</c>.</summary>
    public static SentimentSeries Neutral { get; } = new("neutral", default);

    /// <summary>
    /// The sentiment that a bar may use: the newest one of a day before the bar's, since a day's sentiment may be published during that day or after
    /// it. Null where there is none, or it is more than <see cref="MaxAge"/> days old.
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

    /// <summary>The source of a bar's sentiment: <see cref="Source"/>, or <c>neutral</c> where nothing is known on its day.</summary>
    /// <param name="day">The bar's UTC day.</param>
    public string SourceOn(DateOnly day) => KnownOn(day) is null ? Neutral.Source : Source;
}
