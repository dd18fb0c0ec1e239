using MassTransit;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>Messages that the broker rejected because one of their queues is full (<c>basic.nack</c>). The other queues received them.</summary>
public static class Rejections
{
    /// <summary>Whether a send or publish failed for that reason, and not because the broker is unavailable.</summary>
    public static bool IsRejection(this Exception failure) =>
        failure is ConnectionException { InnerException: RabbitMQ.Client.Exceptions.PublishException { IsReturn: false } };
}
