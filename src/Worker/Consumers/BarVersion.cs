using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>The version of a bar: the time it was sent. Versions of a bar may be consumed in another order.</summary>
internal static class BarVersion
{
    // A clock that is further ahead, or a timestamp in milliseconds, would make every later correction look older.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    /// <summary>
    /// An envelope's sent time, else the <c>timestamp</c> property. The time of receipt where there is neither, or where the time lies more than a
    /// minute ahead.
    /// </summary>
    public static DateTimeOffset Of(ConsumeContext context, TimeProvider time)
    {
        var received = time.GetUtcNow();
        var sent = context.SentTime is { } stated
            ? new DateTimeOffset(DateTime.SpecifyKind(stated.ToUniversalTime(), DateTimeKind.Utc))
            : Timestamp(context.ReceiveContext);
        return sent is { } known && known <= received + Ahead ? known : received;
    }

    private static DateTimeOffset? Timestamp(ReceiveContext context) =>
        context.TryGetPayload<RabbitMqBasicConsumeContext>(out var message) && message.Properties.IsTimestampPresent()
            && message.Properties.Timestamp.UnixTime is > 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(message.Properties.Timestamp.UnixTime)
            : null;
}
