using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// An endpoint whose messages become rows. Its queue receives what is published. While the database is unavailable, a message is retried. After any
/// other failure a message is tried three more times, then moved to the error queue.
/// </summary>
internal abstract class DatabaseConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    // High: when a worker is killed, every message it had fetched counts a delivery, though none of them may be the cause.
    private const int DeliveryLimit = 20;

    private readonly string _endpoint;

    protected DatabaseConsumerDefinition(string endpoint)
    {
        _endpoint = endpoint;
        EndpointName = endpoint;
        ConcurrentMessageLimit = 8;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<T> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = RetryUntilAvailable.FetchedPerSlot * ConcurrentMessageLimit!.Value;
        endpointConfigurator.UseQuorumQueue(_endpoint, DeliveryLimit);
        endpointConfigurator.UseRetryUntilAvailable(
            context.GetRequiredService<TimeProvider>(), context.GetRequiredService<IRecordsDatabase>().IsUnavailable, 100, 500, 2000);
    }
}
