using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Tests;

/// <summary>A fake clock for a running host: its time of day stands until a test moves it, and its timers are those of the system, so that the host's loops
/// run.
/// Durations go on, and by as much as the clock is moved.</summary>
internal sealed class FakeUtcNow(string now) : FakeTimeProvider(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture))
{
    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => System.GetTimestamp() + (long)((GetUtcNow() - Start).TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, dueTime, period);
}
