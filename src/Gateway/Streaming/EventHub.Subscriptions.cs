namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>What listeners want, and from where on.</summary>
internal sealed partial class EventHub
{
    /// <summary>Adds symbols to what a listener wants, from now on or after the event of an id.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="symbols">Canonical symbols; null: all.</param>
    /// <param name="after">The id to resume after; null: now.</param>
    /// <param name="maxSymbols">The most symbols of a channel; null: any, and the listener is not told what it wants now.</param>
    /// <returns>False where these would be too many.</returns>
    public bool Subscribe(Listener listener, StreamChannel channel, IReadOnlySet<string>? symbols, StreamEventId? after, int? maxSymbols = null)
    {
        lock (_gate)
        {
            var isAll = IsAll(listener, channel);
            if (symbols is not null && !isAll && Wanted(listener, channel).Union(symbols).Count() > maxSymbols)
            {
                return false;
            }

            if (!isAll || symbols is null)
            {
                // Until it is known what was missed, nothing newer is sent.
                Forget(listener, channel, symbols);
                var now = time.GetUtcNow();
                var opened = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
                _pending.Add(new PendingSubscription(listener, channel, symbols, after, _isFilled ? null : opened) { Until = now + AheadLimit });
            }

            if (maxSymbols is not null)
            {
                Confirm("subscribed", listener, channel);
            }

            Resolve(pending => pending.Listener == listener);
            return true;
        }
    }

    /// <summary>Removes symbols from what a listener wants; null: all.</summary>
    public void Unsubscribe(Listener listener, StreamChannel channel, IReadOnlySet<string>? symbols)
    {
        lock (_gate)
        {
            Forget(listener, channel, symbols);
            Confirm("unsubscribed", listener, channel);
        }
    }

    private void Forget(Listener listener, StreamChannel channel, IReadOnlySet<string>? symbols)
    {
        listener.Unwant(channel, symbols);
        foreach (var pending in Pending(listener, channel))
        {
            if (symbols is null)
            {
                _pending.Remove(pending);
            }
            else if (pending.Symbols is { } both && both.Overlaps(symbols))
            {
                _pending.Remove(pending);
                if (both.Except(symbols).ToHashSet(StringComparer.Ordinal) is { Count: > 0 } rest)
                {
                    _pending.Add(pending with { Symbols = rest });
                }
            }
        }
    }

    private void Resolve(Func<PendingSubscription, bool> isDue)
    {
        if (_pending.Count == 0 || !_isFilled)
        {
            return;
        }

        foreach (var pending in _pending.Where(isDue).ToArray())
        {
            if (TryResolve(pending))
            {
                _pending.Remove(pending);
            }
        }
    }

    private bool TryResolve(PendingSubscription pending)
    {
        if (pending.After is { } after)
        {
            switch (_window.Find(after, out var next))
            {
                case ResumeResult.Found:
                    SendMissed(pending, _window.From(next));
                    break;
                case ResumeResult.Ahead when time.GetUtcNow() < pending.Until:
                    return false;
                case ResumeResult.Expired:
                    SendReset(
                        pending, "expired", $"the event {after} is older than the {_window.Count} events that a stream can resume over: events may be missing");
                    break;
                default:
                    SendReset(pending, "unknown", $"there is no event {after}: it is of another log or of an earlier process, and events may be missing");
                    break;
            }
        }
        else if (pending.OpenedAt is { } openedAt)
        {
            // Events of the time in which the window was filled.
            SendMissed(pending, _window.From(0).Where(held => held.ComputedAt >= openedAt));
        }

        pending.Listener.Want(pending.Channel, pending.Symbols);
        return true;
    }

    private void SendMissed(PendingSubscription pending, IEnumerable<StreamEvent> events)
    {
        var (listener, channel, symbols) = (pending.Listener, pending.Channel, pending.Symbols);
        var missed = events.Where(held => held.Channel == channel && symbols?.Contains(held.Symbol) != false && listener.TakesTimeframe(held)).ToArray();
        if (missed.Length > 0 && !listener.TrySend(new Delivery(null, missed)))
        {
            DropSlow(listener);
        }
    }

    private void SendReset(PendingSubscription pending, string reason, string detail) =>
        Send(pending.Listener, StreamFrame.Reset(reason, detail, _window.Position));

    private void Confirm(string name, Listener listener, StreamChannel channel) => Send(listener, StreamFrame.Confirmation(
        name, channel, IsAll(listener, channel) ? null : [.. Wanted(listener, channel).Order(StringComparer.Ordinal)]));

    private bool IsAll(Listener listener, StreamChannel channel) =>
        listener.WantsAll(channel) || Pending(listener, channel).Any(pending => pending.Symbols is null);

    private HashSet<string> Wanted(Listener listener, StreamChannel channel) =>
        [.. listener.Symbols(channel), .. Pending(listener, channel).SelectMany(pending => pending.Symbols ?? new HashSet<string>())];

    private PendingSubscription[] Pending(Listener listener, StreamChannel channel) =>
        [.. _pending.Where(pending => pending.Listener == listener && pending.Channel == channel)];

    /// <summary>A subscription of which it is not known yet what it has missed.</summary>
    /// <param name="Listener">Who wants it.</param>
    /// <param name="Channel">The channel.</param>
    /// <param name="Symbols">The symbols; null: all.</param>
    /// <param name="After">The id to resume after; null: from when it was opened.</param>
    /// <param name="OpenedAt">When it was opened, while the window was being filled, in whole milliseconds as in events; else null.</param>
    private sealed record PendingSubscription(
        Listener Listener, StreamChannel Channel, IReadOnlySet<string>? Symbols, StreamEventId? After, DateTimeOffset? OpenedAt)
    {
        /// <summary>Until when its id may still come.</summary>
        public required DateTimeOffset Until { get; set; }
    }
}
