using MassTransit;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Messages that the broker did not take since a queue that they were to go to is full and rejects (<c>basic.nack</c>); other queues have them.
/// </summary>
public static class Rejections
{
    /// <summary>Whether a send or publish failed so, and not for a broker that is away.</summary>
    public static bool IsRejection(this Exception failure) =>
        failure is ConnectionException { InnerException: RabbitMQ.Client.Exceptions.PublishException { IsReturn: false } };
}
