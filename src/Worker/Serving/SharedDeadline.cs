namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>The deadline of a shared computation: the latest one of the callers that wait for it.</summary>
internal sealed class SharedDeadline(Deadline first)
{
    private readonly Lock _lock = new();
    private Deadline _latest = first;

    public Deadline Latest
    {
        get
        {
            lock (_lock)
            {
                return _latest;
            }
        }
    }

    public void Extend(Deadline deadline)
    {
        lock (_lock)
        {
            if (_latest.At is { } latest && (deadline.At is null || deadline.At > latest))
            {
                _latest = deadline;
            }
        }
    }

    public bool HasPassed(TimeProvider time) => Latest.HasPassed(time);
}
