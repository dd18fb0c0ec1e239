namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>What is known of one sender's clock. Not safe for threads.</summary>
/// <param name="First">The time from the first message's sending to its receipt, by the two clocks.</param>
internal sealed class SenderClock(TimeSpan first, long now)
{
    // Long enough that a sender whose messages wait for a while does not seem to have another clock, short enough to follow one that drifts.
    private static readonly TimeSpan Bucket = TimeSpan.FromMinutes(5);

    private TimeSpan _current = first;
    private TimeSpan _previous = TimeSpan.MaxValue;
    private long _bucketStarted = now;
    private long _firstAt = now;
    private int _messages = 1;

    /// <summary>
    /// How far this process's clock is ahead of the sender's: the least time from sending to receipt of the last minutes, so that the least time under way
    /// counts as part of it.
    /// </summary>
    public TimeSpan Ahead => _current < _previous ? _current : _previous;

    /// <summary>When its last message came.</summary>
    public long LastAt { get; private set; } = now;

    /// <summary>Takes in one more message.</summary>
    public void Learn(TimeSpan difference, long now, TimeProvider time)
    {
        if (time.GetElapsedTime(_bucketStarted, now) >= Bucket)
        {
            (_previous, _current, _bucketStarted) = (_current, difference, now);
        }
        else if (difference < _current)
        {
            _current = difference;
        }

        LastAt = now;
        _messages++;
    }

    /// <summary>Forgets what it knew: one of the two clocks was set.</summary>
    public void Restart(TimeSpan difference, long now)
    {
        (_current, _previous, _bucketStarted) = (difference, TimeSpan.MaxValue, now);
        (_firstAt, LastAt, _messages) = (now, now, 1);
    }

    /// <summary>
    /// Whether messages over so long say so. A sender that is ahead is sure at once, since nothing arrives before it was sent; one that is behind could also
    /// have sent what waited.
    /// </summary>
    public bool IsSure(int messages, TimeSpan over, TimeProvider time) =>
        Ahead < TimeSpan.Zero || (_messages >= messages && time.GetElapsedTime(_firstAt, LastAt) >= over);
}
