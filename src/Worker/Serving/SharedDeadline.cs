namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>When nobody waits for a shared computation any more: the latest deadline of those who do.</summary>
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
