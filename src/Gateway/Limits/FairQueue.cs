using Coinsphere.Messaging.Gateway.Callers;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>
/// Lets requests go to the workers of an endpoint, only as much work at a time as keeps them busy, so that the queue is here and not at the broker, where
/// everyone would wait behind everything. Callers take turns by the work that they have had: a request of a caller with little never waits behind a thousand of
/// another.
/// </summary>
/// <param name="window">The work that may be with the workers at a time.</param>
/// <param name="time">The clock.</param>
internal sealed class FairQueue(Func<int> window, TimeProvider time)
{
    /// <summary>
    /// A request that has been away for so long, or for a costly one in proportion, gives its place to another: its worker hangs, or workers do not compute but
    /// wait. It still waits for its reply.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Line, (long Turn, long Order)> _turns = new();
    private readonly HashSet<Place> _away = [];
    private ITimer? _silences;
    private int _work;
    private long _turn;
    private long _order;

    /// <summary>The requests that wait here.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _lines.Values.Sum(line => line.Waiters.Count);
            }
        }
    }

    /// <summary>Waits for a place; null where the time is over. Whoever has a place gives it back by <see cref="Leave"/>.</summary>
    public async ValueTask<Place?> EnterAsync(Caller caller, int cost, TimeSpan left, CancellationToken cancellationToken)
    {
        if (left <= TimeSpan.Zero)
        {
            return null;
        }

        Waiter waiter;
        lock (_lock)
        {
            var place = new Place(cost);
            if (_lines.Count == 0 && HasRoom(cost))
            {
                Send(place);
                return place;
            }

            waiter = Wait(caller.Id, place);
        }

        await waiter.Turn.Task.WaitAsync(left, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (cancellationToken.IsCancellationRequested || !waiter.Turn.Task.IsCompleted)
        {
            GiveUp(waiter);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        return waiter.Place;
    }

    /// <summary>A request is answered, or waits no more.</summary>
    public void Leave(Place place)
    {
        lock (_lock)
        {
            if (_away.Remove(place))
            {
                _work -= place.Cost;
                SendNext();
            }
        }
    }

    // What costs more than the window goes alone.
    private bool HasRoom(int cost) => _work == 0 || _work + cost <= window();

    private void Send(Place place)
    {
        place.SentAt = time.GetTimestamp();
        _away.Add(place);
        _work += place.Cost;
    }

    private Waiter Wait(string caller, Place place)
    {
        if (!_lines.TryGetValue(caller, out var line))
        {
            // As if it had had as much as the caller whose turn it is: nobody saves up turns.
            line = new Line(caller) { Turn = _turn };
            _lines.Add(caller, line);
            _turns.Enqueue(line, (line.Turn, _order++));
        }

        var waiter = new Waiter(place);
        waiter.Node = line.Waiters.AddLast(waiter);
        _silences ??= time.CreateTimer(_ => EndSilences(), null, Interval, Interval);
        return waiter;
    }

    private void GiveUp(Waiter waiter)
    {
        lock (_lock)
        {
            if (waiter.Node.List is { } line)
            {
                line.Remove(waiter.Node);
                SendNext();
                return;
            }
        }

        // Its turn came meanwhile.
        Leave(waiter.Place);
    }

    private void SendNext()
    {
        while (_turns.TryPeek(out var line, out _))
        {
            if (line.Waiters.First is not { Value: var waiter })
            {
                _turns.Dequeue();
                _lines.Remove(line.Caller);
                continue;
            }

            if (!HasRoom(waiter.Place.Cost))
            {
                return;
            }

            _turns.Dequeue();
            line.Waiters.RemoveFirst();
            _turn = line.Turn;
            line.Turn += waiter.Place.Cost;
            _turns.Enqueue(line, (line.Turn, _order++));
            Send(waiter.Place);
            waiter.Turn.SetResult();
        }

        _silences?.Dispose();
        _silences = null;
    }

    private void EndSilences()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            foreach (var place in _away.Where(place => time.GetElapsedTime(place.SentAt, now) >= SilenceOf(place)).ToArray())
            {
                _away.Remove(place);
                _work -= place.Cost;
            }

            SendNext();
        }
    }

    private static TimeSpan SilenceOf(Place place)
    {
        var inProportion = Silence * (place.Cost / (double)Costs.Computation);
        return inProportion < Silence ? Silence : inProportion > LongestSilence ? LongestSilence : inProportion;
    }

    /// <summary>A request's place with the workers.</summary>
    internal sealed class Place(int cost)
    {
        public int Cost => cost;

        public long SentAt { get; set; }
    }

    private sealed class Line(string caller)
    {
        public string Caller => caller;

        public LinkedList<Waiter> Waiters { get; } = new();

        public long Turn { get; set; }
    }

    private sealed class Waiter(Place place)
    {
        public Place Place => place;

        public LinkedListNode<Waiter> Node { get; set; } = null!;

        // Its continuation must not run within the lock.
        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
