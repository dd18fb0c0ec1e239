namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>
/// The work that a caller may still have done: a token bucket. Work may be started while any is left, whatever it costs, and what it costs beyond that is paid
/// back before more is started. So a large batch needs no large burst.
/// </summary>
internal sealed class Budget(double burst, double perSecond, long started)
{
    private readonly Lock _lock = new();
    private double _used;
    private long _at = started;

    /// <summary>Takes work, or returns how long the caller has to wait before it may take more.</summary>
    public TimeSpan? Take(int cost, long now, long frequency)
    {
        lock (_lock)
        {
            Refill(now, frequency);
            if (_used >= burst)
            {
                return TimeSpan.FromSeconds((_used - burst + 1) / perSecond);
            }

            _used += cost;
            return null;
        }
    }

    /// <summary>Whether the caller has used nothing lately: forgetting it changes nothing.</summary>
    public bool IsFull(long now, long frequency)
    {
        lock (_lock)
        {
            Refill(now, frequency);
            return _used <= 0;
        }
    }

    private void Refill(long now, long frequency)
    {
        if (now > _at)
        {
            _used = Math.Max(0, _used - ((now - _at) * perSecond / frequency));
            _at = now;
        }
    }
}
