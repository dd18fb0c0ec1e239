namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>The estimated clock of one sender. Not thread-safe.</summary>
/// <param name="First">The time from sending to receipt of the first message, by the two clocks.</param>
internal sealed class SenderClock(TimeSpan first, long now)
{
    // Long enough that waiting messages do not look like a difference of clocks, short enough to follow a clock that drifts.
    private static readonly TimeSpan Bucket = TimeSpan.FromMinutes(5);

    private TimeSpan _current = first;
    private TimeSpan _previous = TimeSpan.MaxValue;
    private long _bucketStarted = now;
    private long _firstAt = now;
    private int _messages = 1;

    /// <summary>
    /// How far this process's clock is ahead of the sender's: the shortest time from sending to receipt in the last minutes. It includes the shortest
    /// transport time.
    /// </summary>
    public TimeSpan Ahead => _current < _previous ? _current : _previous;

    /// <summary>When the last message was received.</summary>
    public long LastAt { get; private set; } = now;

    /// <summary>Adds a message to the estimate.</summary>
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

    /// <summary>Starts the estimate again, because one of the clocks was set.</summary>
    public void Restart(TimeSpan difference, long now)
    {
        (_current, _previous, _bucketStarted) = (difference, TimeSpan.MaxValue, now);
        (_firstAt, LastAt, _messages) = (now, now, 1);
    }

    /// <summary>
    /// Whether enough messages over that time agree. A sender that is ahead is certain at once, since nothing arrives before it is sent. One that
    /// seems behind may only have sent messages that waited.
    /// </summary>
    public bool IsCertain(int messages, TimeSpan over, TimeProvider time) =>
        Ahead < TimeSpan.Zero || (_messages >= messages && time.GetElapsedTime(_firstAt, LastAt) >= over);
}
