using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

internal static class QuorumQueue
{
    /// <summary>
    /// Makes an endpoint's queue on RabbitMQ a quorum queue. A message that took its worker down with it so often waits in a queue of dead
    /// letters: without a limit a quorum queue of RabbitMQ 3 delivers for ever, without a dead-letter exchange it then drops.
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
