using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// Gives each event of the log to those who listen to it, in the log's order. Nothing waits here: a listener whose queue is full is dropped. While the window
/// is filled at start, events are only remembered; who has subscribed by then gets what belongs to it afterwards.
/// </summary>
internal sealed partial class EventHub(IOptions<StreamingOptions> options, TimeProvider time, ILogger<EventHub> logger)
{
    public const string SlowReader = "slow_reader";
    public const string Stopping = "stopping";
    public const string KeyEnded = "key_ended";

    // How much later than another gateway this one may read the same event.
    private static readonly TimeSpan AheadLimit = TimeSpan.FromSeconds(2);

    // For the last frames of a listener that is dropped. One that reads nothing is cut off then.
    private static readonly TimeSpan DropLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly EventWindow _window = new(options.Value.Window, options.Value.WindowBytes);
    private readonly HashSet<Listener> _listeners = [];
    private readonly List<PendingSubscription> _pending = [];
    private readonly OncePerMinute _dropped = new(time);
    private long _nextOffset;
    private bool _isFilled;
    private bool _isStopping;

    /// <summary>How many listen.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _listeners.Count;
            }
        }
    }

    /// <summary>Adds a listener that wants nothing yet; null where there are too many, or the host stops. <see cref="Close"/> must follow.</summary>
    public Listener? Open(string transport, string channel, Action abort, IReadOnlySet<string>? timeframes = null, Caller? caller = null)
    {
        var listener = new Listener(transport, channel, options.Value.MaxWaiting, abort) { Timeframes = timeframes, Caller = caller };
        lock (_gate)
        {
            if (_isStopping || _listeners.Count >= options.Value.MaxListeners)
            {
                return null;
            }

            _listeners.Add(listener);
            listener.NextHeartbeat = time.GetUtcNow() + options.Value.Heartbeat;
        }

        Meters.StreamListeners(transport, channel, 1);
        return listener;
    }

    /// <summary>The listener's connection has ended.</summary>
    public void Close(Listener listener)
    {
        lock (_gate)
        {
            if (listener.IsClosed)
            {
                return;
            }

            listener.IsClosed = true;
            Remove(listener);
        }

        listener.Complete();
        Meters.StreamListeners(listener.Transport, listener.Channel, -1);
    }

    /// <summary>Puts the first frame into a listener's queue.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="resumes">Whether it will resume after an id: this frame then has none, since nothing of what was missed is sent yet.</param>
    public void Greet(Listener listener, bool resumes)
    {
        lock (_gate)
        {
            Send(listener, StreamFrame.Heartbeat(time.GetUtcNow(), resumes || !_isFilled ? null : _window.Position, isFirst: true));
        }
    }

    /// <summary>Puts an answer to a listener's own message into its queue.</summary>
    public void Reply(Listener listener, StreamFrame frame)
    {
        lock (_gate)
        {
            Send(listener, frame);
        }
    }

    /// <summary>The log's next event.</summary>
    public void Append(StreamEvent next)
    {
        lock (_gate)
        {
            AppendLocked(next);
        }
    }

    /// <summary>The next event of a log that this process numbers itself.</summary>
    public void AppendNext(Func<long, StreamEvent> make)
    {
        lock (_gate)
        {
            AppendLocked(make(_nextOffset++));
        }
    }

    /// <summary>The window has every event up to now: later ones are sent on.</summary>
    public void MarkFilled()
    {
        lock (_gate)
        {
            if (!_isFilled)
            {
                _isFilled = true;
                var until = time.GetUtcNow() + AheadLimit;
                _pending.ForEach(pending => pending.Until = until);
                Resolve(_ => true);
            }
        }
    }

    /// <summary>Another log begins, of which nothing is known yet.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _window.Clear();
            _isFilled = false;
            var reset = StreamFrame.Reset("restarted", "the log of events was replaced, or ran ahead of this gateway: events may be missing", null);
            foreach (var listener in _listeners.ToArray())
            {
                Send(listener, reset);
            }
        }
    }

    /// <summary>Sends heartbeats that are due, and ends the wait for ids that the log does not reach.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            Resolve(pending => now >= pending.Until);
            EndWhereLocked(caller => caller.ExpiresAt <= now);
            var (position, anonymous) = ((StreamFrame?)null, (StreamFrame?)null);
            foreach (var listener in _listeners.Where(listener => now >= listener.NextHeartbeat).ToArray())
            {
                // All that are due share the frame.
                var frame = !_isFilled || _pending.Exists(pending => pending.Listener == listener)
                    ? anonymous ??= StreamFrame.Heartbeat(now, null)
                    : position ??= StreamFrame.Heartbeat(now, _window.Position);
                listener.NextHeartbeat = now + options.Value.Heartbeat;
                Send(listener, frame);
            }
        }
    }

    /// <summary>Ends the listeners whose caller may not listen any more.</summary>
    public void EndWhere(Predicate<Caller> hasEnded)
    {
        lock (_gate)
        {
            EndWhereLocked(hasEnded);
        }
    }

    /// <summary>Ends every listener: the host stops.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            foreach (var listener in _listeners.ToArray())
            {
                Drop(listener, Stopping, "this gateway stops: resume at another one, or at this one when it is back", StopLimit);
            }
        }
    }

    private void EndWhereLocked(Predicate<Caller> hasEnded)
    {
        List<Listener>? ended = null;
        foreach (var listener in _listeners)
        {
            if (listener.Caller is { } caller && hasEnded(caller))
            {
                (ended ??= []).Add(listener);
            }
        }

        ended?.ForEach(listener => Drop(listener, KeyEnded, "the key or token of this listener is not valid any more", StopLimit));
    }

    private void AppendLocked(StreamEvent next)
    {
        if (!_window.Add(next) || !_isFilled)
        {
            return;
        }

        List<Listener>? full = null;
        foreach (var listener in _listeners)
        {
            if (listener.Wants(next) && !listener.TrySend(new Delivery(next, null)))
            {
                (full ??= []).Add(listener);
            }
        }

        full?.ForEach(DropSlow);
        Resolve(pending => pending.After?.Offset <= next.Id.Offset);
    }

    private void Send(Listener listener, StreamFrame frame)
    {
        if (!listener.TrySend(new Delivery(frame, null)))
        {
            DropSlow(listener);
        }
    }

    private void DropSlow(Listener listener)
    {
        if (Drop(
            listener, SlowReader, $"{options.Value.MaxWaiting} events waited for this listener, which reads too slowly: reconnect with the last id", DropLimit)
            && _dropped.Count() is { } times)
        {
            LogDropped(listener.Transport, listener.Channel, times);
        }
    }

    private bool Drop(Listener listener, string reason, string detail, TimeSpan limit)
    {
        if (!Remove(listener))
        {
            return false;
        }

        Meters.StreamDropped(listener.Transport, reason);
        listener.Complete(reason, detail);
        _ = AbortLaterAsync(listener, limit);
        return true;
    }

    private bool Remove(Listener listener)
    {
        if (_pending.Count > 0)
        {
            _pending.RemoveAll(pending => pending.Listener == listener);
        }

        return _listeners.Remove(listener);
    }

    private async Task AbortLaterAsync(Listener listener, TimeSpan limit)
    {
        await Task.Delay(limit, time);
        lock (_gate)
        {
            // Afterwards the connection may have another request.
            if (!listener.IsClosed)
            {
                listener.Abort();
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Dropped a listener that reads too slowly ({Transport}, {Channel}), {Times} times since the last log line")]
    private partial void LogDropped(string transport, string channel, int times);
}
