using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>A connection to the broker for looking at messages that were set aside, and for putting them back.</summary>
public sealed class ParkedBroker : IAsyncDisposable
{
    private const int NotFound = 404;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly IConnection _connection;

    private ParkedBroker(IConnection connection) => _connection = connection;

    /// <summary>Connects.</summary>
    /// <param name="url">As <c>RABBITMQ_URL</c>.</param>
    /// <param name="name">What the broker lists the connection as.</param>
    /// <param name="cancellationToken">Ends the connecting.</param>
    /// <exception cref="IOException">There is no broker, or not for this user; the message says which.</exception>
    public static async Task<ParkedBroker> ConnectAsync(Uri url, string name, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new UriBuilder(url) { Scheme = url.Scheme is "amqps" or "rabbitmqs" ? "amqps" : "amqp", Port = url.Port }.Uri,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = ConnectLimit,
            ClientProvidedName = name,
        };
        try
        {
            return new(await factory.CreateConnectionAsync(cancellationToken));
        }
        catch (Exception failure) when (failure is BrokerUnreachableException or OperationInterruptedException)
        {
            var cause = failure.InnerException switch
            {
                AuthenticationFailureException or PossibleAuthenticationFailureException => $"it refuses user '{factory.UserName}' with this password",
                OperationInterruptedException { ShutdownReason: { } told } => told.ReplyText,
                { } inner => inner.GetBaseException().Message,
                null => failure.Message,
            };
            throw new IOException($"The broker {factory.Endpoint.HostName}:{factory.Endpoint.Port} (RABBITMQ_URL) cannot be used: {cause}", failure);
        }
    }

    /// <summary>How many messages wait in a queue; null where there is no such queue.</summary>
    public async Task<uint?> CountAsync(string queue, CancellationToken cancellationToken)
    {
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == NotFound)
        {
            return null;
        }
    }

    /// <summary>The first messages of a queue, the oldest first. They stay.</summary>
    public async Task<IReadOnlyList<ParkedMessage>> PeekAsync(string queue, int count, CancellationToken cancellationToken)
    {
        var messages = new List<ParkedMessage>();
        // What is not acknowledged goes back to its place with the channel.
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        while (messages.Count < count && await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is { } message)
        {
            messages.Add(ParkedMessage.Read(message));
        }

        return messages;
    }

    /// <summary>
    /// Puts messages back to their endpoint, the oldest first. Each is removed once the broker has it in the endpoint's queue: whatever ends this in between,
    /// none is lost, and the last one may come twice. A message that fails again comes back to the end of the queue: at most so many as there are now are
    /// taken.
    /// </summary>
    /// <returns>How many were put back.</returns>
    /// <exception cref="IOException">The broker does not take one, which stays where it is; the message says why.</exception>
    public async Task<int> PutBackAsync(ParkedMessages queue, int limit, CancellationToken cancellationToken)
    {
        var count = Math.Min(limit, (int)(await CountAsync(queue.Name, cancellationToken) ?? 0));
        var options = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);
        await using var channel = await _connection.CreateChannelAsync(options, cancellationToken);
        for (var done = 0; done < count; done++)
        {
            if (await channel.BasicGetAsync(queue.Name, autoAck: false, cancellationToken) is not { } message)
            {
                return done;
            }

            try
            {
                await channel.BasicPublishAsync(queue.Endpoint, "", mandatory: true, Cleaned(message.BasicProperties), message.Body, CancellationToken.None);
            }
            catch (PublishException refused)
            {
                throw new IOException(
                    $"{queue.Name}: {done} put back, then endpoint {queue.Endpoint} took no more: " + (refused.IsReturn
                        ? "it has no queue"
                        : "its queue is full"), refused);
            }

            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
        }

        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // As it was first sent: without what was written on it when it was set aside, and without a time to live, which is over. Only its sender may sign it with a
    // user's name.
    private static BasicProperties Cleaned(IReadOnlyBasicProperties parked)
    {
        var properties = new BasicProperties(parked) { DeliveryMode = DeliveryModes.Persistent };
        properties.ClearExpiration();
        properties.ClearUserId();
        properties.Headers = parked.Headers?.Where(header => !IsOfParking(header.Key)).ToDictionary();
        return properties;
    }

    private static bool IsOfParking(string header) =>
        header.StartsWith("MT-Fault-", StringComparison.Ordinal) || header == "MT-Reason" || header.StartsWith("x-", StringComparison.Ordinal);
}
