using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Answering;

/// <summary>When nobody waits for an answer any more; null: somebody always does.</summary>
internal readonly record struct Deadline(DateTimeOffset? At)
{
    public static RequestRefused Exceeded { get; } = new(RefusalReason.DeadlineExceeded, "the request's deadline had passed before it was computed");

    public bool HasPassed(TimeProvider time) => At <= time.GetUtcNow();

    /// <summary>How long somebody waits from now: never negative, infinite where there is no deadline or one beyond what timers take.</summary>
    public TimeSpan Remaining(TimeProvider time)
    {
        var remaining = At - time.GetUtcNow();
        if (remaining is null || remaining > TimeSpan.FromDays(1))
            return Timeout.InfiniteTimeSpan;
        return remaining > TimeSpan.Zero ? remaining.Value : TimeSpan.Zero;
    }
}
