using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// The scheduling of one process for as long as it is the one that schedules. A run asks about all symbols that have prices, spread out. Between its questions
/// the newest bars are looked at, and a symbol with a new one is asked about at once.
/// </summary>
/// <param name="records">What earlier turns have done.</param>
/// <param name="plan">When runs are due, and over which time they are spread.</param>
/// <param name="questions">Sends the questions.</param>
/// <param name="source">Where bars come from.</param>
/// <param name="catalog">The symbols.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class ScheduleTurn(
    IRunRecords records, SchedulePlan plan, ScheduledQuestions questions, IPriceSource source, SymbolCatalog catalog, TimeProvider time, ILogger logger)
{
    private const string Predictions = "predictions";
    private const string BarPrefix = "bar:";

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // A run that begins later was missed by its process.
    private static readonly TimeSpan OnTime = TimeSpan.FromMinutes(1);

    // A clock that was once wrong must not stop all runs until that time.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    // By symbol: the newest bar when it was last asked about, and when that was.
    private readonly Dictionary<string, (DateOnly Bar, DateTimeOffset At)> _asked = new(StringComparer.Ordinal);

    // By symbol: a newer bar that is older than yesterday, as an import writes them. It is asked about when it stays the newest.
    private readonly Dictionary<string, DateOnly> _unsettled = new(StringComparer.Ordinal);

    private RunRecord? _last;
    private Run? _run;
    private long? _lookedAt;
    private bool _isRead;

    /// <summary>Does what is due.</summary>
    /// <returns>The time to the next step.</returns>
    /// <exception cref="Exception">This process is not the one that schedules any more, or the database does not answer.</exception>
    public async Task<TimeSpan> StepAsync(CancellationToken cancellationToken)
    {
        await ReadRecordsAsync(cancellationToken);
        _run ??= await BeginAsync(cancellationToken);
        if (_run is { } run)
        {
            await GoOnAsync(run, cancellationToken);
        }

        if (_lookedAt is not { } at || time.GetElapsedTime(at) >= LookEvery)
        {
            _lookedAt = time.GetTimestamp();
            await LookAsync(cancellationToken);
        }

        if ((_run?.Deadline ?? plan.Times.After(time.GetUtcNow()) + plan.Spread) is { } deadline)
        {
            Meters.ScheduleDeadline(deadline);
        }

        if (_last?.FinishedAt is { } finished)
        {
            Meters.ScheduleAge(time.GetUtcNow() - finished);
        }

        TimeSpan[] waits = [OneAtATime.TakeOver, LookEvery - time.GetElapsedTime(_lookedAt.Value), _run?.Wait(time) ?? OneAtATime.TakeOver, UntilDue()];
        return waits.Where(wait => wait > TimeSpan.Zero).Min();
    }

    private async Task ReadRecordsAsync(CancellationToken cancellationToken)
    {
        if (_isRead)
        {
            await records.KeepAsync(cancellationToken);
            return;
        }

        foreach (var record in await records.ReadAsync(cancellationToken))
        {
            if (record.Name == Predictions)
            {
                _last = record;
            }
            else if (record.Name.StartsWith(BarPrefix, StringComparison.Ordinal) && record.FinishedAt is { } at)
            {
                _asked[record.Name[BarPrefix.Length..]] = (DateOnly.FromDateTime(record.DueAt.UtcDateTime), at);
            }
        }

        _isRead = true;
    }

    // Of several runs that were missed, the last one is made up. A run that its process did not finish is continued.
    private async Task<Run?> BeginAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var last = _last is { } known && known.DueAt <= now + Ahead ? _last : null;
        var open = last is { FinishedAt: null } ? last.DueAt : (DateTimeOffset?)null;
        var newest = plan.Times.UpTo(now);
        if ((open > newest ? open : newest) is not { } due || (open is null && due <= last?.DueAt))
        {
            return null;
        }

        var days = await NewestAsync(cancellationToken);
        var without = catalog.Supported.Where(symbol => days.TryGetValue(symbol, out var day) && day is null).ToArray();
        var symbols = catalog.Supported.Except(without).Where(symbol => open != due || !_asked.TryGetValue(symbol, out var asked) || asked.At < due).ToList();
        var spread = plan.Times.After(due) is { } next && (next - due) / 2 < plan.Spread ? (next - due) / 2 : plan.Spread;
        await WriteAsync(new(Predictions, due, null), cancellationToken);
        var kind = open is not null ? "continued" : now - due > OnTime ? "made_up" : "on_time";
        return new(due, kind, symbols, without, days, time.GetTimestamp(), spread) { Deadline = now + spread };
    }

    private async Task GoOnAsync(Run run, CancellationToken cancellationToken)
    {
        while (run.Pending.Count > 0 && run.Wait(time) <= TimeSpan.Zero)
        {
            var symbol = run.Pending[0];
            if (!await TryAskAsync(symbol, Id(run), run.Days.GetValueOrDefault(symbol), cancellationToken))
            {
                run.IsHeldUp = true;
                return;
            }

            run.Asked(symbol);
        }

        if (run.Pending.Count == 0)
        {
            await WriteAsync(new(Predictions, run.Due, time.GetUtcNow()), cancellationToken);
            _run = null;
            Meters.Scheduled(run.Kind);
            var (seconds, without) = (time.GetElapsedTime(run.Started).TotalSeconds, Names(run.WithoutPrices));
            LogRun(run.Due, run.Kind, run.Count * ScheduledQuestions.Count, run.Count, seconds, without);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var (asked, closed) = (new List<string>(), time.LastClosedDay());
        foreach (var (symbol, newest) in await NewestAsync(cancellationToken))
        {
            if (newest is not { } day || !IsNew(symbol, day))
            {
                _unsettled.Remove(symbol);
            }
            else if (day < closed && (!_unsettled.TryGetValue(symbol, out var before) || before != day))
            {
                _unsettled[symbol] = day;
            }
            else if (_run?.Pending.Contains(symbol) != true || _asked.ContainsKey(symbol))
            {
                await questions.InvalidateBeforeAsync(symbol, day, cancellationToken);
                var pending = _run?.Pending.Contains(symbol) == true ? _run : null;
                if (!await TryAskAsync(symbol, pending is null ? $"bars of {closed:yyyy-MM-dd}" : Id(pending), day, cancellationToken))
                {
                    return;
                }

                _unsettled.Remove(symbol);
                pending?.Asked(symbol);
                if (pending is null)
                {
                    asked.Add(symbol);
                }
            }
        }

        if (asked.Count > 0)
        {
            Meters.Scheduled("bar");
            var names = Names(asked);
            LogBars(asked.Count * ScheduledQuestions.Count, names);
        }
    }

    private bool IsNew(string symbol, DateOnly day) => !_asked.TryGetValue(symbol, out var asked) || day > asked.Bar;

    private async Task<bool> TryAskAsync(string symbol, string run, DateOnly? bar, CancellationToken cancellationToken)
    {
        try
        {
            await questions.AskAsync(symbol, run, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The broker does not take it: the next step asks again.
            var fault = failure.Message.ReplaceLineEndings(" ");
            LogNotAsked(symbol, fault);
            return false;
        }

        Meters.ScheduledAsked(ScheduledQuestions.Count);
        if (bar is { } day)
        {
            _asked[symbol] = (day, time.GetUtcNow());
            var midnight = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            await records.WriteAsync(new(BarPrefix + symbol, midnight, _asked[symbol].At), cancellationToken);
        }

        return true;
    }

    private async Task WriteAsync(RunRecord run, CancellationToken cancellationToken)
    {
        await records.WriteAsync(run, cancellationToken);
        _last = run;
    }

    // Null for symbols without a bar; those that cannot be read now are left out.
    private async Task<Dictionary<string, DateOnly?>> NewestAsync(CancellationToken cancellationToken)
    {
        var days = new Dictionary<string, DateOnly?>(StringComparer.Ordinal);
        try
        {
            foreach (var symbol in catalog.Supported)
            {
                try
                {
                    var series = await source.ReadAsync(symbol, DateOnly.MaxValue, 1, cancellationToken);
                    days[symbol] = series is { Bars.IsEmpty: false } ? series.Bars.Span[^1].Day : null;
                }
                catch (InvalidMarketDataException)
                {
                    // The source has reported it, and no answer can be made.
                    days[symbol] = null;
                }
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // A source that does not answer: a run asks all the same, since it may answer by then.
            LogUnread(failure.Message);
        }

        return days;
    }

    private TimeSpan UntilDue() => plan.Times.After(time.GetUtcNow()) is { } due ? due - time.GetUtcNow() : OneAtATime.TakeOver;

    private static string Id(Run run) => run.Due.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlyCollection<string> symbols) => symbols.Count == 0 ? "none" : string.Join(' ', symbols);

    private sealed record Run(
        DateTimeOffset Due, string Kind, List<string> Pending, IReadOnlyCollection<string> WithoutPrices, Dictionary<string, DateOnly?> Days, long Started,
        TimeSpan Spread)
    {
        public int Count { get; } = Pending.Count;

        /// <summary>When its last question should be sent.</summary>
        public required DateTimeOffset Deadline { get; init; }

        /// <summary>Whether the broker did not take a question: it is asked again with the next step.</summary>
        public bool IsHeldUp { get; set; }

        public TimeSpan Wait(TimeProvider time) =>
            IsHeldUp ? TimeSpan.Zero : (Spread * ((double)(Count - Pending.Count) / Count)) - time.GetElapsedTime(Started);

        public void Asked(string symbol)
        {
            Pending.Remove(symbol);
            IsHeldUp = false;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Scheduled run of {Due:yyyy-MM-dd HH:mm} {Kind}: {Questions} questions about {Symbols} symbols in {Seconds:0.0} s; without prices: "
            + "{Without}")]
    private partial void LogRun(DateTimeOffset due, string kind, int questions, int symbols, double seconds, string without);

    [LoggerMessage(Level = LogLevel.Information, Message = "New bars: {Questions} questions about {Symbols}")]
    private partial void LogBars(int questions, string symbols);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The scheduled questions about {Symbol} could not be sent; they are sent again: {Fault}")]
    private partial void LogNotAsked(string symbol, string fault);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The newest bars cannot be read: {Fault}")]
    private partial void LogUnread(string fault);
}

/// <summary>When runs are due, and over which time they are spread.</summary>
internal sealed record SchedulePlan(RunTimes Times, TimeSpan Spread);
