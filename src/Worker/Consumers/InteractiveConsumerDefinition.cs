using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// An endpoint for callers that wait: few messages are fetched ahead so that they spread over the workers, nothing published ends up
/// here, since callers address it, and a failure is told to the caller at once instead of tried again or parked.
/// </summary>
internal abstract class InteractiveConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    protected InteractiveConsumerDefinition() => ConcurrentMessageLimit = Interactive.Slots;

    /// <summary>Whether requests may be plain JSON of any AMQP client, and get replies in plain JSON.</summary>
    protected bool TakesPlainJson { get; init; }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<T> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.ConfigureConsumeTopology = false;
        endpointConfigurator.PrefetchCount = Interactive.Slots;
        if (!TakesPlainJson)
        {
            endpointConfigurator.TakeEnvelopesOnly();
        }

        consumerConfigurator.UseFilter(new FailureReply<T>(context.GetRequiredService<Replies>(), context.GetRequiredService<ILogger<FailureReply<T>>>()));
    }
}
