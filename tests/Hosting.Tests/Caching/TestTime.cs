namespace Coinsphere.Messaging.Hosting.Tests.Caching;

/// <summary>A clock that moves when it is told to.</summary>
internal sealed class TestTime : TimeProvider
{
    private DateTimeOffset _now = new(2025, 10, 12, 14, 30, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Pass(TimeSpan time) => _now += time;
}
