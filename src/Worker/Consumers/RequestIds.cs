using Coinsphere.Messaging.Contracts;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>The id by which the sender of a request finds it in a log.</summary>
internal static class RequestIds
{
    private const int MaxLength = 128;

    /// <summary>
    /// The gateway's request id, else the correlation id of a plain AMQP client, else the bus's own id. A sender's text is used only where it is
    /// short and printable ASCII, so that it cannot forge log lines.
    /// </summary>
    public static string? Of(ConsumeContext context) =>
        Valid(context.Headers.Get<string>(Endpoints.RequestIdHeader))
        ?? (context.ReceiveContext.TryGetPayload<RabbitMqBasicConsumeContext>(out var message) ? Valid(message.Properties.CorrelationId) : null)
        ?? (context.RequestId ?? context.MessageId)?.ToString();

    private static string? Valid(string? id) => id is { Length: > 0 and <= MaxLength } && id.All(c => c is > ' ' and < '\u007f') ? id : null;
}
