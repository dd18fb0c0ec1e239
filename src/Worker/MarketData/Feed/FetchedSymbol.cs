using System.Globalization;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>What came of fetching a symbol.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="New">Days that had no bar before.</param>
/// <param name="Corrected">Days whose bar was different.</param>
/// <param name="Unchanged">Fetched days whose bar was the same.</param>
/// <param name="First">The first stored day; null where there is none.</param>
/// <param name="Newest">The newest stored day; null where there is none.</param>
/// <param name="NewestBefore">The newest day that was stored before.</param>
/// <param name="HasEnded">Whether the source serves no newer bars any more, because the pair is not traded.</param>
/// <param name="Notes">What is worth knowing, each one sentence without a full stop.</param>
internal sealed record FetchedSymbol(
    string Symbol, int New, int Corrected, int Unchanged, DateOnly? First, DateOnly? Newest, DateOnly? NewestBefore, bool HasEnded,
    IReadOnlyList<string> Notes);

/// <summary>Days without a bar, in a row.</summary>
internal readonly record struct MissingDays(DateOnly First, DateOnly Last)
{
    private int Count => Last.DayNumber - First.DayNumber + 1;

    public override string ToString() => First == Last ? Text(First) : $"{Text(First)}..{Text(Last)}";

    /// <summary>The missing days between days in ascending order.</summary>
    public static List<MissingDays> Between(IEnumerable<DateOnly> days)
    {
        var missing = new List<MissingDays>();
        DateOnly? before = null;
        foreach (var day in days)
        {
            if (before is { } last && day.DayNumber > last.DayNumber + 1)
            {
                missing.Add(new MissingDays(last.AddDays(1), day.AddDays(-1)));
            }

            before = day;
        }

        return missing;
    }

    /// <summary>The first few, and how many days there are in all.</summary>
    public static string Describe(IReadOnlyList<MissingDays> missing)
    {
        const int shown = 5;
        var days = missing.Sum(gap => gap.Count);
        var more = missing.Count > shown ? $" and {missing.Count - shown} more" : "";
        return $"{string.Join(", ", missing.Take(shown))}{more} ({days} {(days == 1 ? "day" : "days")})";
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
