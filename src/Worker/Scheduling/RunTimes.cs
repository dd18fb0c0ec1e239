using Cronos;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>When runs are due, in UTC: at multiples of an interval after each midnight, or by a cron expression.</summary>
internal sealed class RunTimes
{
    // How far back the newest time of a cron expression is looked for, one after the other: a frequent one has many times in the last of them. The longest
    // covers 29 February of 1896 and 1904.
    private static readonly TimeSpan[] LookBack =
        [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(32), TimeSpan.FromDays(366), TimeSpan.FromDays(9 * 366)];

    private readonly CronExpression? _cron;
    private readonly TimeSpan _every;

    private RunTimes(CronExpression? cron, TimeSpan every) => (_cron, _every) = (cron, every);

    /// <summary>The times of valid options; null where nothing is scheduled.</summary>
    public static RunTimes? Of(ScheduleOptions options) => !string.IsNullOrWhiteSpace(options.Cron) ? new(CronExpression.Parse(options.Cron), default)
        : options.Every is { } every && every > TimeSpan.Zero ? new(null, every)
        : null;

    /// <summary>The newest time that is not after an instant; null where there was none in the last years.</summary>
    public DateTimeOffset? UpTo(DateTimeOffset instant)
    {
        if (_cron is null)
        {
            var midnight = Midnight(instant);
            return midnight + (_every * Math.Floor((instant - midnight) / _every));
        }

        return LookBack
            .Select(past => _cron.GetOccurrences(instant.UtcDateTime - past, instant.UtcDateTime, toInclusive: true))
            .Select(times => times.Select(at => new DateTimeOffset(at, TimeSpan.Zero)).LastOrDefault())
            .Where(at => at != default)
            .Cast<DateTimeOffset?>()
            .FirstOrDefault();
    }

    /// <summary>The first time after an instant; null where there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset instant)
    {
        if (_cron is not null)
        {
            return _cron.GetNextOccurrence(instant.UtcDateTime) is { } at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
        }

        var (next, tomorrow) = (UpTo(instant)!.Value + _every, Midnight(instant).AddDays(1));
        return next < tomorrow ? next : tomorrow;
    }

    private static DateTimeOffset Midnight(DateTimeOffset instant) => new(instant.UtcDateTime.Date, TimeSpan.Zero);
}
