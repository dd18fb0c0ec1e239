using MassTransit;

namespace Coinsphere.Messaging.Worker;

/// <summary>
/// An endpoint for callers that wait: few messages are fetched ahead so that they spread over the workers,
/// and nothing published ends up here, since callers address it.
/// </summary>
internal abstract class InteractiveConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    protected InteractiveConsumerDefinition() => ConcurrentMessageLimit = 2 * Environment.ProcessorCount;

    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<T> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.ConfigureConsumeTopology = false;
        endpointConfigurator.PrefetchCount = 4 * Environment.ProcessorCount;
    }
}
