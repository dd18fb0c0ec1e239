using Coinsphere.Messaging.Worker.MarketData;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// An endpoint for services that publish and do not wait: a quorum queue that receives what is published, with low concurrency. A message gets at
/// most four tries. After an exception it is tried again in place, then moved to the error queue with the reason. A message that crashed its worker
/// is delivered again by the broker, then moved to the dead letters. While the price source is unavailable, or a checkpoint may still be being
/// written, a message is retried.
/// </summary>
internal abstract class DurableConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    private const int Retries = 3;

    private readonly string _endpoint;

    protected DurableConsumerDefinition(string endpoint, IOptions<DurableOptions> options)
    {
        _endpoint = endpoint;
        EndpointName = endpoint;
        ConcurrentMessageLimit = options.Value.Concurrency;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<T> consumerConfigurator,
        IRegistrationContext context)
    {
        // One in work and one fetched ahead per slot: the rest stays in the queue for other workers.
        endpointConfigurator.PrefetchCount = RetryUntilAvailable.FetchedPerSlot * ConcurrentMessageLimit!.Value;
        endpointConfigurator.UseRetryUntilAvailable(
            context.GetRequiredService<TimeProvider>(),
            failure => failure is MarketDataUnavailableException or CheckpointUnsettledException,
            100,
            300,
            900);
        endpointConfigurator.UseQuorumQueue(_endpoint, Retries);
    }
}

/// <summary>A consumer that also takes requests whose sender does not wait.</summary>
internal interface IDurableConsumer<in TMessage> where TMessage : class
{
    /// <summary>Answers a request of the durable endpoint.</summary>
    Task ConsumeDurablyAsync(ConsumeContext<TMessage> context);
}

/// <summary>Runs a consumer on a second endpoint, the durable one.</summary>
internal sealed class Durably<TConsumer, TMessage>(TConsumer consumer) : IConsumer<TMessage>
    where TConsumer : class, IDurableConsumer<TMessage>
    where TMessage : class
{
    public Task Consume(ConsumeContext<TMessage> context) => consumer.ConsumeDurablyAsync(context);
}
