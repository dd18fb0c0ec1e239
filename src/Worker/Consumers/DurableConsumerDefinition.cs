using Coinsphere.Messaging.Worker.MarketData;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// An endpoint for services that publish and do not wait: a quorum queue that takes what is published, little at a time. A message gets
/// at most four tries: an exception is tried again in place and then moved to the error queue with its reason; a message that took its
/// worker down is delivered again by the broker, and then moved to the dead letters. While the price source is away, or a checkpoint may be in the
/// middle of being written, a message is kept.
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
        // One to work on and one on its way for each: the rest stays for other workers.
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

/// <summary>A consumer on its second endpoint, the durable one.</summary>
internal sealed class Durably<TConsumer, TMessage>(TConsumer consumer) : IConsumer<TMessage>
    where TConsumer : class, IDurableConsumer<TMessage>
    where TMessage : class
{
    public Task Consume(ConsumeContext<TMessage> context) => consumer.ConsumeDurablyAsync(context);
}
