using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Clock;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// The deadlines of messages. A sender gives a duration from the time of sending, or an instant of its own clock; minus the time of sending, an
/// instant is a duration too. The message's age (<see cref="SenderClocks"/>) is subtracted. An instant without a time of sending, as plain AMQP
/// clients give without a <c>timestamp</c>, is judged by this service's clock.
/// </summary>
internal sealed class Deadlines(SenderClocks senders, TimeProvider time)
{
    // An AMQP timestamp counts seconds. One in milliseconds, by mistake, is ignored.
    private const long LastSecond = 253_402_300_799;

    /// <summary>The deadline of a message, the same for every try of one delivery.</summary>
    public Deadline Of(ConsumeContext context, DateTimeOffset? deadline, long? deadlineMs) =>
        context.ReceiveContext.GetOrAddPayload(() => Read(context, deadline, deadlineMs));

    private Deadline Read(ConsumeContext context, DateTimeOffset? deadline, long? deadlineMs)
    {
        var (sender, sent) = (Sender.Of(context.Host), SentBy(context));
        var age = TimeSpan.Zero;
        if (sent is { } at)
        {
            age = senders.Age(sender, at, sender is null ? null : context.ExpirationTime - context.SentTime);
            Stages.Queued(EndpointOf(context), age);
        }

        if (deadlineMs is { } milliseconds)
        {
            return Deadline.After(TimeSpan.FromMilliseconds(milliseconds) - age, time);
        }

        return deadline is { } instant ? Deadline.After(instant - (sent ?? time.GetUtcNow()) - age, time) : Deadline.None;
    }

    // Bounded, since it labels a metric.
    private static string EndpointOf(ConsumeContext context) =>
        Endpoints.All.FirstOrDefault(endpoint => endpoint == context.ReceiveContext.InputAddress.Segments[^1]) ?? "other";

    private static DateTimeOffset? SentBy(ConsumeContext context)
    {
        if (Sender.Of(context.Host) is not null)
        {
            return context.SentTime is { } sent ? new DateTimeOffset(sent, TimeSpan.Zero) : null;
        }

        return context.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out var message) && message.Properties.IsTimestampPresent()
            && message.Properties.Timestamp.UnixTime is > 0 and <= LastSecond and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }
}
