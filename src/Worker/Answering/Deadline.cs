using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Answering;

/// <summary>When nobody waits for an answer any more; null: somebody always does.</summary>
internal readonly record struct Deadline(DateTimeOffset? At)
{
    public static RequestRefused Exceeded { get; } = new(RefusalReason.DeadlineExceeded, "the request's deadline had passed before it was computed");

    public bool HasPassed(TimeProvider time) => At <= time.GetUtcNow();
}
