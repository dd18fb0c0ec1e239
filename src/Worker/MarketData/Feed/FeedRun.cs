using System.Globalization;
using System.Runtime.CompilerServices;
using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// Brings the stored bars of a symbol up to date from a source. It asks for the days after the newest stored bar, again for the last stored ones,
/// which may have been corrected, and for days that are missing lately. So it can be repeated at any time, and goes on where it was interrupted.
/// </summary>
internal sealed class FeedRun(FeedPairs pairs, MarketCaps caps, SeriesChecks checks, TimeProvider time)
{
    // Exchanges correct bars of the last days, if at all.
    private const int CheckedAgain = 3;

    // A message with a bar may have been lost or parked since.
    private const int Lately = 30;

    /// <summary>Fetches and stores.</summary>
    /// <param name="feed">The source.</param>
    /// <param name="store">Where the bars are stored.</param>
    /// <param name="symbol">The canonical symbol.</param>
    /// <param name="since">The first day.</param>
    /// <param name="asksOlder">Whether days before the first stored bar are asked for too, where it is later than <paramref name="since"/>.</param>
    /// <param name="progress">Gets the fetched fraction.</param>
    /// <param name="cancellationToken">Cancels it; the stored bars are then the old ones or the new ones.</param>
    /// <exception cref="FeedUnavailableException">The source cannot be asked now.</exception>
    /// <exception cref="UnknownPairException">The source does not know the symbol.</exception>
    /// <exception cref="InvalidMarketDataException">The source's or the stored bars are invalid; nothing is stored.</exception>
    public async Task<FetchedSymbol> RunAsync(
        IMarketFeed feed, IFeedStore store, string symbol, DateOnly since, bool asksOlder, Action<double> progress, CancellationToken cancellationToken)
    {
        var names = pairs.Of(symbol, feed.Source);
        var through = time.LastClosedDay();
        // Real bars take the place of invented ones.
        var stored = await store.ReadAsync(symbol, cancellationToken) is { IsSynthetic: false } real ? real : new BarSeries(symbol, ReadOnlyMemory<Bar>.Empty);
        var notes = new List<string>();
        var fetched = new SortedDictionary<DateOnly, Bar>();
        foreach (var (from, to) in Ranges(stored, since, through, asksOlder))
        {
            await foreach (var page in ReadAsync(feed, names, from, to, notes, cancellationToken))
            {
                foreach (var bar in page)
                {
                    fetched[bar.Day] = bar;
                }

                progress((double)(page[^1].Day.DayNumber - from.DayNumber + 1) / (to.DayNumber - from.DayNumber + 1));
            }
        }

        await AddMarketCapsAsync(stored, fetched, store, notes, cancellationToken);
        var (series, changed, isNew) = Merge(stored, fetched, store);
        if (changed.Length > 0)
        {
            if (checks.Jump(series) is { } jump)
            {
                throw new InvalidMarketDataException($"{feed.Name}: {jump}");
            }

            await store.WriteAsync(series, changed, cancellationToken);
        }

        var hasEnded = await DescribeAsync(feed, names[^1], series, fetched, since, through, stored.Bars.IsEmpty, notes, cancellationToken);
        var bars = series.Bars;
        return new FetchedSymbol(
            symbol, isNew, changed.Length - isNew, fetched.Count - changed.Length, bars.IsEmpty ? null : bars.Span[0].Day,
            NewestOf(series), NewestOf(stored), hasEnded, notes);
    }

    private static IEnumerable<(DateOnly From, DateOnly To)> Ranges(BarSeries stored, DateOnly since, DateOnly through, bool asksOlder)
    {
        if (stored.Bars.IsEmpty)
        {
            return since <= through ? [(since, through)] : [];
        }

        var (first, newest) = (stored.Bars.Span[0].Day, stored.Bars.Span[^1].Day);
        var again = newest.AddDays(1 - CheckedAgain);
        var missing = stored.FirstMissingDay(Lately);
        var next = (missing < again ? missing.Value : again, through);
        return asksOlder && since < first ? [(since, first.AddDays(-1)), next] : [next];
    }

    /// <summary>The bars of a symbol's pairs: those of the current pair, and before its first day those of the names that it had before.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<Bar>> ReadAsync(
        IMarketFeed feed, IReadOnlyList<string> names, DateOnly from, DateOnly through, List<string> notes,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var current = feed.ReadAsync(names[^1], from, through, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var hasPage = await current.MoveNextAsync();
        var before = hasPage ? current.Current[0].Day.AddDays(-1) : through;
        if (names.Count > 1 && from <= before)
        {
            await foreach (var page in FormerAsync(feed, [.. names.SkipLast(1)], from, before, notes, cancellationToken))
            {
                yield return page;
            }
        }

        while (hasPage)
        {
            yield return current.Current;
            hasPage = await current.MoveNextAsync();
        }
    }

    private static async IAsyncEnumerable<IReadOnlyList<Bar>> FormerAsync(
        IMarketFeed feed, string[] names, DateOnly from, DateOnly through, List<string> notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = ReadAsync(feed, names, from, through, notes, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await pages.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (UnknownPairException gone)
            {
                // The current name is known, so what there is has come.
                notes.Add($"{gone.Message}: the days under that former name are left out");
                yield break;
            }

            yield return pages.Current;
        }
    }

    // Asked for only where there is a bar that wants one: the source allows few requests.
    private async Task AddMarketCapsAsync(
        BarSeries stored, SortedDictionary<DateOnly, Bar> fetched, IFeedStore store, List<string> notes, CancellationToken cancellationToken)
    {
        var capped = new HashSet<DateOnly>();
        foreach (ref readonly var bar in stored.Bars.Span)
        {
            if (bar.MarketCap > 0 || !store.StoresMarketCaps)
            {
                capped.Add(bar.Day);
            }
        }

        if (fetched.Keys.All(capped.Contains))
        {
            return;
        }

        var (byDay, note) = await caps.ReadAsync(stored.Symbol, cancellationToken);
        notes.AddRange(note is null ? [] : [note]);
        foreach (var day in fetched.Keys.ToArray())
        {
            fetched[day] = fetched[day] with { MarketCap = byDay.GetValueOrDefault(day) };
        }
    }

    private static DateOnly? NewestOf(BarSeries series) => series.Bars.IsEmpty ? null : series.Bars.Span[^1].Day;

    private static (BarSeries Series, Bar[] Changed, int New) Merge(BarSeries stored, SortedDictionary<DateOnly, Bar> fetched, IFeedStore store)
    {
        var merged = new SortedDictionary<DateOnly, Bar>();
        foreach (ref readonly var bar in stored.Bars.Span)
        {
            merged[bar.Day] = bar;
        }

        var changed = new List<Bar>();
        var isNew = 0;
        foreach (var (day, bar) in fetched)
        {
            var isKnown = merged.TryGetValue(day, out var known);
            // A source without market caps does not take away one that is known.
            var next = isKnown && bar.MarketCap == 0 ? bar with { MarketCap = known.MarketCap } : bar;
            if (isKnown && IsSame(known, next, store))
            {
                continue;
            }

            isNew += isKnown ? 0 : 1;
            merged[day] = next;
            changed.Add(next);
        }

        return (stored with { Bars = merged.Values.ToArray() }, [.. changed], isNew);
    }

    private static bool IsSame(in Bar stored, in Bar fetched, IFeedStore store)
    {
        return Near(stored.Open, fetched.Open) && Near(stored.High, fetched.High) && Near(stored.Low, fetched.Low) && Near(stored.Close, fetched.Close)
            && Near(stored.Volume, fetched.Volume) && (!store.StoresMarketCaps || Near(stored.MarketCap, fetched.MarketCap));

        bool Near(double left, double right) => Math.Abs(left - right) <= store.Tolerance * Math.Abs(right);
    }

    /// <returns>Whether the pair is not traded any more.</returns>
    private static async Task<bool> DescribeAsync(
        IMarketFeed feed, string pair, BarSeries series, SortedDictionary<DateOnly, Bar> fetched, DateOnly since, DateOnly through, bool isFirst,
        List<string> notes, CancellationToken cancellationToken)
    {
        var missing = MissingDays.Between(fetched.Keys);
        if (missing.Count > 0)
        {
            notes.Add($"{feed.Name} has no bar of {series.Symbol} for {MissingDays.Describe(missing)}");
        }

        if (isFirst && fetched.Count > 0 && fetched.Keys.First() is var first && first > since)
        {
            notes.Add(Text($"{series.Symbol} begins on {first:yyyy-MM-dd} at {feed.Name}{(feed.Limit is { } limit ? $": {limit}" : "")}"));
        }

        var newest = NewestOf(series);
        // The day before may be a little late.
        if (newest >= through.AddDays(-1))
        {
            return false;
        }

        var why = await feed.WhyNotTradedAsync(pair, cancellationToken);
        var last = newest is { } day ? Text($"its last bar is of {day:yyyy-MM-dd}") : "it has no bars";
        notes.Add(why is null
            ? $"{feed.Name} has no newer bar of {series.Symbol} ({pair}) although it is traded: {last}"
            : $"{feed.Name} does not trade {series.Symbol} ({pair}) any more, {why}: {last}");
        return why is not null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
