using Coinsphere.Messaging.Hosting.Health;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>Counts what happens too often to log each time.</summary>
public sealed class OncePerMinute(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _toldAt;
    private int _times;

    /// <summary>Counts once more. How often it happened since this was last told, once a minute; else null.</summary>
    public int? Count()
    {
        lock (_lock)
        {
            _times++;
            if (_toldAt is { } toldAt && time.GetElapsedTime(toldAt) < Conditions.Reminder)
            {
                return null;
            }

            var times = _times;
            (_toldAt, _times) = (time.GetTimestamp(), 0);
            return times;
        }
    }
}
