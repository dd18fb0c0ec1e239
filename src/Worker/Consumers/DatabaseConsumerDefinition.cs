using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// An endpoint whose messages become rows. Its queue keeps what is published. While the database takes no rows a message is kept;
/// any other failure is the message's own: it is tried three times more, then goes to the error queue.
/// </summary>
internal abstract class DatabaseConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    // High, since a killed worker counts against every message it had fetched, and none of them can be to blame.
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
        endpointConfigurator.UseRetryUntilAvailable(context.GetRequiredService<TimeProvider>(), DatabaseFaults.IsUnwritable, 100, 500, 2000);
    }
}
