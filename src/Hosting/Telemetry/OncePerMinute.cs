using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>Counts events that are too frequent to log each.</summary>
public sealed class OncePerMinute(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _reportedAt;
    private int _times;

    /// <summary>Counts an event. Once a minute it returns the count since the last time it returned one; else null.</summary>
    public int? Count()
    {
        lock (_lock)
        {
            _times++;
            if (_reportedAt is { } reportedAt && time.GetElapsedTime(reportedAt) < Conditions.Reminder)
            {
                return null;
            }

            var times = _times;
            (_reportedAt, _times) = (time.GetTimestamp(), 0);
            return times;
        }
    }
}
