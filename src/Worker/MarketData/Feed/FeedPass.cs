using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// Fetches all supported symbols once, and says how old each one's newest bar is: in the log, in a metric, and, where one is behind, as a note of
/// readiness. What is true of a symbol for good is said once.
/// </summary>
internal sealed partial class FeedPass(
    FeedRun run, IEnumerable<IMarketFeed> feeds, SymbolCatalog catalog, IOptions<FeedOptions> options, Conditions conditions, TimeProvider time,
    ILogger<FeedPass> logger)
{
    private const string Name = "feed";

    private readonly IMarketFeed _feed = feeds.Single(feed => feed.Source == options.Value.Source);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FetchedSymbol> _fetched = new(StringComparer.Ordinal);
    private string? _ages;

    /// <summary>Fetches.</summary>
    /// <param name="store">Where the bars are stored.</param>
    /// <param name="stored">Called after bars of a symbol were stored.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null where the source answered; else how long it is to be left alone, zero where it does not say.</returns>
    public async Task<TimeSpan?> RunAsync(IFeedStore store, Func<string, Task> stored, CancellationToken cancellationToken)
    {
        TimeSpan? unavailable = null;
        var fault = (string?)null;
        var (isNew, corrected) = (0, 0);
        foreach (var symbol in catalog.Supported)
        {
            try
            {
                // What is older than the first stored bar is asked for once.
                var isFirst = !_fetched.ContainsKey(symbol);
                var fetched = await run.RunAsync(_feed, store, symbol, options.Value.Since, isFirst, _ => { }, cancellationToken);
                // What an earlier pass handed over, and is not stored, was refused or waits in a queue.
                var isLost = !isFirst && fetched.NewestBefore < _fetched[symbol].Newest;
                _fetched[symbol] = isLost ? fetched with { Newest = fetched.NewestBefore } : fetched;
                (isNew, corrected) = (isNew + fetched.New, corrected + fetched.Corrected);
                foreach (var note in fetched.Notes.Where(_said.Add))
                {
                    LogNote(note);
                }

                if (fetched.New + fetched.Corrected > 0)
                {
                    await stored(symbol);
                }
            }
            catch (FeedUnavailableException away)
            {
                // The others would fare alike.
                (unavailable, fault) = (away.RetryAfter ?? TimeSpan.Zero, away.Message);
                Meters.FeedFailed();
                break;
            }
            catch (Exception wrong) when (wrong is UnknownPairException or InvalidMarketDataException)
            {
                Meters.FeedFailed();
                if (_said.Add(wrong.Message))
                {
                    LogFault(symbol, wrong.Message);
                }
            }
        }

        Report(isNew, corrected, fault);
        return unavailable;
    }

    /// <summary>The source answered, and the store did not.</summary>
    public void StoreFailed(string fault) => Report(0, 0, fault);

    private void Report(int isNew, int corrected, string? fault)
    {
        var closed = time.LastClosedDay();
        var ages = new List<string>();
        var behind = new List<string>();
        foreach (var symbol in catalog.Supported)
        {
            if (_fetched.GetValueOrDefault(symbol) is not { Newest: { } newest } fetched)
            {
                ages.Add($"{symbol} none");
                behind.Add($"{symbol} has no bars");
                continue;
            }

            var age = closed.DayNumber - newest.DayNumber;
            Meters.FeedBehind(symbol, age);
            ages.Add(string.Create(CultureInfo.InvariantCulture, $"{symbol} {age}"));
            if (age > 0 && !fetched.HasEnded)
            {
                behind.Add(string.Create(CultureInfo.InvariantCulture, $"{symbol} by {age} {(age == 1 ? "day" : "days")}"));
            }
        }

        var text = string.Join(", ", ages);
        // Every hour says the same: one line a day, and one for each change.
        if (isNew + corrected > 0 || text != _ages)
        {
            LogPass(_feed.Name, isNew, corrected, text);
        }

        _ages = text;
        if (fault is null && behind.Count == 0)
        {
            conditions.Clear(Name);
        }
        else
        {
            conditions.Note(Name, (behind.Count, fault) switch
            {
                (0, _) => fault!,
                (_, null) => $"behind: {string.Join(", ", behind)}",
                _ => $"behind: {string.Join(", ", behind)}; {fault}",
            });
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Fetched from {Source}: {New} new bars, {Corrected} corrected. Days behind: {Ages}")]
    private partial void LogPass(string source, int @new, int corrected, string ages);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Note}")]
    private partial void LogNote(string note);

    [LoggerMessage(Level = LogLevel.Error, Message = "Bars of {Symbol} are not fetched: {Fault}")]
    private partial void LogFault(string symbol, string fault);
}
