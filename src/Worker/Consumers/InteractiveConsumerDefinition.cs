using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// An endpoint for callers that wait. Few messages are fetched ahead, so that they spread over the workers. It receives only what is sent to its
/// address, nothing published. A failure is a refusal at once: nothing is retried or moved to the error queue.
/// </summary>
internal abstract class InteractiveConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    protected InteractiveConsumerDefinition() => ConcurrentMessageLimit = Interactive.Slots;

    /// <summary>Whether the endpoint accepts plain JSON from any AMQP client, and replies to it in plain JSON.</summary>
    protected bool TakesPlainJson { get; init; }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<T> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.ConfigureConsumeTopology = false;
        endpointConfigurator.PrefetchCount = ConcurrentMessageLimit ?? Interactive.Slots;
        if (!TakesPlainJson)
        {
            endpointConfigurator.TakeEnvelopesOnly();
        }

        consumerConfigurator.UseFilter(new FailureReply<T>(context.GetRequiredService<Replies>(), context.GetRequiredService<ILogger<FailureReply<T>>>()));
    }
}
