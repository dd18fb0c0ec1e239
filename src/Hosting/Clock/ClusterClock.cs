namespace Coinsphere.Messaging.Hosting.Clock;

/// <summary>
/// This process's clock, corrected by its difference to the gateways' clocks (<see cref="SenderClocks"/>). So every worker agrees on which day is
/// closed and when an answer expires.
/// </summary>
public sealed class ClusterClock(TimeProvider own) : TimeProvider
{
    private long _aheadTicks;

    /// <summary>This process's own clock, not corrected.</summary>
    public TimeProvider Own => own;

    /// <summary>How far this process's clock is ahead of the gateways'; negative where it is behind, zero where that is not certain.</summary>
    public TimeSpan Ahead
    {
        get => new(Volatile.Read(ref _aheadTicks));
        set => Volatile.Write(ref _aheadTicks, value.Ticks);
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => own.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() - Ahead;

    /// <inheritdoc/>
    public override long GetTimestamp() => own.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);
}
