namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// The newest events in the log's order, over which listeners can resume. A copy of an event that was in the log less than <see cref="CopyDistance"/>
/// places earlier is left out. That depends on the log only, so all gateways leave out the same.
/// </summary>
internal sealed class EventWindow(int maxCount, long maxBytes)
{
    /// <summary>How far before an event its first copy may be.</summary>
    public const int CopyDistance = 10_000;

    private readonly List<StreamEvent> _events = [];
    private readonly Dictionary<UInt128, long> _seen = [];
    private readonly Queue<(UInt128 Identity, long Offset)> _order = new();
    private int _start;
    private long _bytes;
    private long _lastOffset = -1;

    /// <summary>Where a listener has to resume that has everything; null where there is no event.</summary>
    public StreamEventId? Position => _events.Count > _start ? _events[^1].Id : null;

    public int Count => _events.Count - _start;

    /// <summary>Adds the log's next event. False where it is a copy.</summary>
    public bool Add(StreamEvent next)
    {
        _lastOffset = next.Id.Offset;
        while (_order.TryPeek(out var oldest) && oldest.Offset <= _lastOffset - CopyDistance)
        {
            _order.Dequeue();
            if (_seen[oldest.Identity] == oldest.Offset)
            {
                _seen.Remove(oldest.Identity);
            }
        }

        var isCopy = _seen.ContainsKey(next.Identity);
        _seen[next.Identity] = _lastOffset;
        _order.Enqueue((next.Identity, _lastOffset));
        if (isCopy)
        {
            return false;
        }

        _events.Add(next);
        _bytes += Bytes(next);
        while (Count > maxCount || (_bytes > maxBytes && Count > 1))
        {
            _bytes -= Bytes(_events[_start]);
            _events[_start++] = null!;
        }

        // Rarely, so that each event is moved about once.
        if (_start > 64 && _start > _events.Count / 2)
        {
            _events.RemoveRange(0, _start);
            _start = 0;
        }

        return true;
    }

    /// <summary>Forgets everything: another log begins.</summary>
    public void Clear()
    {
        _events.Clear();
        _seen.Clear();
        _order.Clear();
        (_start, _bytes, _lastOffset) = (0, 0, -1);
    }

    /// <summary>Whether the events after this one are known.</summary>
    public ResumeResult Find(StreamEventId id, out int next)
    {
        next = 0;
        if (id.Offset > _lastOffset)
        {
            return ResumeResult.Ahead;
        }

        if (Count == 0)
        {
            return ResumeResult.Unknown;
        }

        if (id.Offset < _events[_start].Id.Offset)
        {
            return ResumeResult.Expired;
        }

        var (low, high) = (_start, _events.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Id.Offset < id.Offset ? (middle + 1, high) : (low, middle);
        }

        next = low + 1 - _start;
        return _events[low].Id == id ? ResumeResult.Found : ResumeResult.Unknown;
    }

    /// <summary>The events from that number of <see cref="Find"/> on.</summary>
    public IEnumerable<StreamEvent> From(int next)
    {
        for (var i = _start + next; i < _events.Count; i++)
        {
            yield return _events[i];
        }
    }

    // The text of WebSockets doubles an event.
    private static long Bytes(StreamEvent held) => 2L * held.Data.Length;
}

/// <summary>Whether a stream can be resumed after an id.</summary>
internal enum ResumeResult
{
    Found,

    /// <summary>It is older than the window.</summary>
    Expired,

    /// <summary>There is no such event.</summary>
    Unknown,

    /// <summary>The log has not come so far yet.</summary>
    Ahead,
}
