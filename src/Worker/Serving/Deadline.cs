using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>When the caller stops waiting, as a timestamp of this process, which is independent of clock changes; null: never.</summary>
internal sealed record Deadline(long? At)
{
    // A longer wait is treated as endless: timers have a limit.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1000);

    public static Deadline None { get; } = new((long?)null);

    public static RequestRefused Exceeded { get; } = new(RefusalReason.DeadlineExceeded, "the request's deadline had passed before it was computed");

    /// <summary>The deadline at that time from now.</summary>
    public static Deadline After(TimeSpan left, TimeProvider time)
    {
        if (left > Longest)
        {
            return None;
        }

        var seconds = Math.Max(0, left.TotalSeconds);
        return new Deadline(time.GetTimestamp() + (long)(seconds * time.TimestampFrequency));
    }

    public bool HasPassed(TimeProvider time) => At <= time.GetTimestamp();

    /// <summary>The time left: never negative; infinite where there is no deadline, or one beyond the limit of timers.</summary>
    public TimeSpan Remaining(TimeProvider time)
    {
        if (At is not { } at)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var remaining = time.GetElapsedTime(time.GetTimestamp(), at);
        if (remaining > TimeSpan.FromDays(1))
        {
            return Timeout.InfiniteTimeSpan;
        }

        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }
}
