using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

internal static class QuorumQueue
{
    /// <summary>
    /// Makes an endpoint's queue a quorum queue (RabbitMQ only). A message that was redelivered more often than the limit goes to a queue of dead
    /// letters. Without a limit, RabbitMQ 3 redelivers for ever; without a dead-letter exchange it drops the message.
    /// </summary>
    public static void UseQuorumQueue(this IReceiveEndpointConfigurator configurator, string endpoint, int deliveryLimit)
    {
        if (configurator is not IRabbitMqReceiveEndpointConfigurator rabbit)
        {
            return;
        }

        rabbit.SetQuorumQueue();
        rabbit.SetQueueArgument(MessageBus.DeliveryLimit, deliveryLimit);
        var deadLetters = Endpoints.DeadLetters(endpoint);
        rabbit.BindDeadLetterQueue(deadLetters, deadLetters, queue => queue.SetQuorumQueue());
    }
}
