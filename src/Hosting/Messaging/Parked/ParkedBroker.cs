using Coinsphere.Messaging.Hosting.Certificates;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>A connection to the broker for listing messages that failed, and for putting them back.</summary>
public sealed class ParkedBroker : IAsyncDisposable
{
    private const int NotFound = 404;

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly IConnection _connection;

    private ParkedBroker(IConnection connection) => _connection = connection;

    /// <summary>Connects.</summary>
    /// <param name="url">The value of <c>RABBITMQ_URL</c>.</param>
    /// <param name="certificate">The check of its certificate.</param>
    /// <param name="name">The connection's name in the broker's lists.</param>
    /// <param name="cancellationToken">Cancels the connecting.</param>
    /// <exception cref="IOException">The broker is unavailable, or refuses this user; the message says which.</exception>
    public static async Task<ParkedBroker> ConnectAsync(
        Uri url, ServerCertificate certificate, string name, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new UriBuilder(url) { Scheme = BrokerTls.IsSecure(url) ? "amqps" : "amqp", Port = url.Port }.Uri,
            AutomaticRecoveryEnabled = false,
            RequestedConnectionTimeout = ConnectLimit,
            ClientProvidedName = name,
        };
        factory.Use(url, certificate);
        try
        {
            return new(await factory.CreateConnectionAsync(cancellationToken));
        }
        catch (Exception failure) when (failure is BrokerUnreachableException or OperationInterruptedException)
        {
            var cause = certificate.Fault ?? failure.InnerException switch
            {
                AuthenticationFailureException or PossibleAuthenticationFailureException => $"it refuses user '{factory.UserName}' with this password",
                OperationInterruptedException { ShutdownReason: { } reason } => reason.ReplyText,
                { } inner => inner.GetBaseException().Message,
                null => failure.Message,
            };
            throw new IOException($"The broker {factory.Endpoint.HostName}:{factory.Endpoint.Port} (RABBITMQ_URL) cannot be used: {cause}", failure);
        }
    }

    /// <summary>The number of messages in a queue; null where the queue does not exist.</summary>
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

    /// <summary>The first messages of a queue, the oldest first. They stay in it.</summary>
    public async Task<IReadOnlyList<ParkedMessage>> PeekAsync(string queue, int count, CancellationToken cancellationToken)
    {
        var messages = new List<ParkedMessage>();
        // Messages that are not acknowledged return to their places when the channel is closed.
        await using var channel = await _connection.CreateChannelAsync(cancellationToken: cancellationToken);
        while (messages.Count < count && await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is { } message)
        {
            messages.Add(ParkedMessage.Read(message));
        }

        return messages;
    }

    /// <summary>
    /// Puts messages back into the queue of their endpoint, the oldest first. Each is removed after the broker has confirmed it there. If this is
    /// interrupted, no message is lost, and the last one may be delivered twice. A message that fails again returns to the end of the queue, so at
    /// most the number that is in it now is moved.
    /// </summary>
    /// <returns>The number of messages put back.</returns>
    /// <exception cref="IOException">The broker did not accept a message, which stays where it is; the message says why.</exception>
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
                    $"{queue.Name}: {done} put back, then endpoint {queue.Endpoint} accepted no more: " + (refused.IsReturn
                        ? "it has no queue"
                        : "its queue is full"), refused);
            }

            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
        }

        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // As it was first sent: without the headers that were added when it failed, and without its time to live, which has passed. Only its sender may
    // set the user id.
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
