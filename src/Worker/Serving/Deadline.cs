using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>When nobody waits for an answer any more, as a timestamp of this process, which no setting of a clock moves; null: somebody always does.</summary>
internal sealed record Deadline(long? At)
{
    // Whoever waits longer waits for ever: no timer takes it.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1000);

    public static Deadline None { get; } = new((long?)null);

    public static RequestRefused Exceeded { get; } = new(RefusalReason.DeadlineExceeded, "the request's deadline had passed before it was computed");

    /// <summary>The deadline that is so far ahead.</summary>
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

    /// <summary>How long somebody waits from now: never negative, infinite where there is no deadline or one beyond what timers take.</summary>
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
