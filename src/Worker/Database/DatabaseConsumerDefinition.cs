using MassTransit;

namespace Coinsphere.Messaging.Worker.Database;

/// <summary>
/// An endpoint whose messages become rows. Its queue keeps what is published. While the database is away a message is tried again and
/// again, since no other would fare better; any other failure is tried three times more, then the message goes to the error queue.
/// </summary>
internal abstract class DatabaseConsumerDefinition<T> : ConsumerDefinition<T> where T : class, IConsumer
{
    // 200 ms growing to 15 s, about 20 minutes in all: RabbitMQ takes back what is not acknowledged for 30.
    private const int TriesWhileAway = 85;

    // High, since a killed worker counts against every message it had fetched, and none of them can be to blame.
    private const int DeliveryLimit = 20;

    private readonly string _endpoint;

    protected DatabaseConsumerDefinition(string endpoint)
    {
        _endpoint = endpoint;
        EndpointName = endpoint;
        ConcurrentMessageLimit = 4;
    }

    protected override void ConfigureConsumer(IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<T> consumerConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.PrefetchCount = 32;
        endpointConfigurator.UseQuorumQueue(_endpoint, DeliveryLimit);
        endpointConfigurator.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(DatabaseFaults.IsAway);
            retry.Exponential(TriesWhileAway, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(15), TimeSpan.FromMilliseconds(200));
        });
        endpointConfigurator.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(DatabaseFaults.IsAway);
            retry.Intervals(100, 500, 2000);
        });
    }
}
