namespace Coinsphere.Messaging.Worker.MarketData;

internal static class ClosedDays
{
    /// <summary>The newest UTC day that is over. The current day has no closed bar.</summary>
    public static DateOnly LastClosedDay(this TimeProvider time) =>
        DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(-1);

    /// <summary>The earlier of the day asked for and the newest closed one.</summary>
    public static DateOnly LastClosedDay(this TimeProvider time, DateOnly asked)
    {
        var closed = time.LastClosedDay();
        return asked < closed ? asked : closed;
    }
}
