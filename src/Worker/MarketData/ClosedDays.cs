namespace Coinsphere.Messaging.Worker.MarketData;

internal static class ClosedDays
{
    /// <summary>The current UTC day. It has no closed bar.</summary>
    public static DateOnly Today(this TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    /// <summary>The newest UTC day that is over.</summary>
    public static DateOnly LastClosedDay(this TimeProvider time) => time.Today().AddDays(-1);

    /// <summary>The earlier of the day asked for and the newest closed one.</summary>
    public static DateOnly LastClosedDay(this TimeProvider time, DateOnly asked)
    {
        var closed = time.LastClosedDay();
        return asked < closed ? asked : closed;
    }

    /// <summary>How many closed days have no bar after the newest one.</summary>
    public static int Missing(DateOnly newest, DateOnly closed) => Math.Max(0, closed.DayNumber - newest.DayNumber);
}
