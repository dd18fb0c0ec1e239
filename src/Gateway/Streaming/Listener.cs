using System.Threading.Channels;
using Coinsphere.Messaging.Gateway.Callers;
using Coinsphere.Messaging.Hosting.Telemetry;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// Somebody who listens, with what it wants and what waits for it. <see cref="EventHub"/> changes it under its lock and never waits for it; one reader
/// takes what waits.
/// </summary>
internal sealed class Listener(string transport, string channel, int maxWaiting, Action abort)
{
    private readonly Channel<Delivery> _waiting = System.Threading.Channels.Channel.CreateBounded<Delivery>(
        new BoundedChannelOptions(maxWaiting) { SingleReader = true });

    private readonly Dictionary<StreamChannel, HashSet<string>?> _wanted = [];

    /// <summary><c>sse</c> or <c>websocket</c>.</summary>
    public string Transport => transport;

    /// <summary>The channel's name in metrics.</summary>
    public string Channel => channel;

    /// <summary>The horizons it wants; null: all.</summary>
    public IReadOnlySet<string>? Timeframes { get; init; }

    /// <summary>Whose key opened it; null where none is needed.</summary>
    public Caller? Caller { get; init; }

    /// <summary>When its next heartbeat is due.</summary>
    public DateTimeOffset NextHeartbeat { get; set; }

    /// <summary>Where it is dropped, the last that it gets.</summary>
    public StreamFrame? Dropped { get; private set; }

    /// <summary>Why it is dropped.</summary>
    public string? DropReason { get; private set; }

    /// <summary>Whether its connection has ended.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Ends the connection at once.</summary>
    public void Abort() => abort();

    /// <summary>Puts something at the end of what waits. False where too much waits already.</summary>
    public bool TrySend(Delivery delivery) => _waiting.Writer.TryWrite(delivery);

    /// <summary>Ends it after what waits, and after the last frame if there is one.</summary>
    public void Complete(string? reason = null, string? detail = null)
    {
        if (reason is not null && detail is not null)
        {
            (DropReason, Dropped) = (reason, StreamFrame.Dropped(reason, detail));
        }

        _waiting.Writer.TryComplete();
    }

    public IAsyncEnumerable<Delivery> ReadAllAsync(CancellationToken cancellationToken) => _waiting.Reader.ReadAllAsync(cancellationToken);

    public bool Wants(StreamEvent found) => _wanted.TryGetValue(found.Channel, out var symbols) && (symbols?.Contains(found.Symbol) ?? true)
        && TakesTimeframe(found);

    public bool TakesTimeframe(StreamEvent found) => Timeframes is null || found.Timeframe is null || Timeframes.Contains(found.Timeframe);

    /// <summary>Adds symbols; null: all.</summary>
    public void Want(StreamChannel wanted, IReadOnlySet<string>? symbols)
    {
        if (symbols is null)
        {
            _wanted[wanted] = null;
        }
        else if (_wanted.TryGetValue(wanted, out var known))
        {
            known?.UnionWith(symbols);
        }
        else
        {
            _wanted[wanted] = [.. symbols];
        }
    }

    /// <summary>Removes symbols; null: all.</summary>
    public void Unwant(StreamChannel wanted, IReadOnlySet<string>? symbols)
    {
        if (symbols is null)
        {
            _wanted.Remove(wanted);
        }
        else if (_wanted.TryGetValue(wanted, out var known) && known is not null)
        {
            known.ExceptWith(symbols);
            if (known.Count == 0)
            {
                _wanted.Remove(wanted);
            }
        }
    }

    /// <summary>Whether it gets every symbol of a channel.</summary>
    public bool WantsAll(StreamChannel wanted) => _wanted.TryGetValue(wanted, out var symbols) && symbols is null;

    /// <summary>The symbols of a channel.</summary>
    public IReadOnlySet<string> Symbols(StreamChannel wanted) => _wanted.GetValueOrDefault(wanted) ?? [];
}

/// <summary>What waits for a listener: a frame, or the events that it has missed.</summary>
internal readonly record struct Delivery(StreamFrame? Frame, IReadOnlyList<StreamEvent>? Missed)
{
    public IReadOnlyList<StreamFrame> Frames => Missed ?? (IReadOnlyList<StreamFrame>)[Frame!];

    /// <summary>Records how long after its computation an event was written. What was missed says nothing of that.</summary>
    public void Measure(string transport, TimeProvider time)
    {
        if (Meters.MeasuresDelivery && Frame is StreamEvent { ComputedAt: { } computedAt })
        {
            Meters.StreamDelivered(transport, time.GetUtcNow() - computedAt);
        }
    }
}
