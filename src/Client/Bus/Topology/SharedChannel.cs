using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Client.Bus.Topology;

/// <summary>
/// A channel on which the library's topology step declares only what the broker deletes with this process. It asks for everything else, and declares what is
/// missing where the user may do so: on a broker without definitions, or as an administrator.
/// </summary>
internal sealed class SharedChannel(
    ConnectionContext connection, IChannel channel, IAgent agent, string user, TopologyScout scout, SharedTopology topology,
    CancellationToken cancellationToken)
    : RabbitMqChannelContext(connection, channel, agent, cancellationToken), ChannelContext
{
    Task ChannelContext.BasicPublishAsync(
        string exchange, string routingKey, bool mandatory, BasicProperties basicProperties, byte[] body, bool awaitAck, CancellationToken cancellationToken)
    {
        // A message that moves to an error queue keeps its properties. The broker closes a channel that sends another user's name, and delivers the message
        // again, without end.
        if (basicProperties.UserId != user)
        {
            basicProperties.ClearUserId();
        }

        return BasicPublishAsync(exchange, routingKey, mandatory, basicProperties, body, awaitAck, cancellationToken);
    }

    async Task<QueueDeclareOk> ChannelContext.QueueDeclare(
        string queue, bool durable, bool exclusive, bool autoDelete, IDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        if (autoDelete || exclusive)
        {
            topology.Own(queue);
            return await QueueDeclare(queue, durable, exclusive, autoDelete, arguments, cancellationToken);
        }

        await scout.FindAsync(
            SharedPart.Queue(queue),
            declaring => declaring.QueueDeclareAsync(queue, durable, exclusive, autoDelete, arguments, cancellationToken: cancellationToken),
            cancellationToken);
        // Only for the library's log.
        return new QueueDeclareOk(queue, messageCount: 0, consumerCount: 0);
    }

    async Task ChannelContext.ExchangeDeclare(
        string exchange, string type, bool durable, bool autoDelete, IDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        if (autoDelete && topology.IsOwn(exchange))
        {
            await ExchangeDeclare(exchange, type, durable, autoDelete, arguments, cancellationToken);
        }
        else if (autoDelete)
        {
            // The address of another process, by that process's own word. Declared here, it would be one that nobody listens at.
            if (!await scout.ExistsAsync(SharedPart.Exchange(exchange), cancellationToken))
            {
                throw new ReplyAddressMissingException(exchange);
            }
        }
        else
        {
            await scout.FindAsync(
                SharedPart.Exchange(exchange),
                declaring => declaring.ExchangeDeclareAsync(exchange, type, durable, autoDelete, arguments, cancellationToken: cancellationToken),
                cancellationToken);
        }
    }

    Task ChannelContext.QueueBind(
        string queue, string exchange, string routingKey, IDictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        topology.IsOwn(queue)
            ? QueueBind(queue, exchange, routingKey, arguments, cancellationToken)
            : scout.BindAsync(
                binding => binding.QueueBindAsync(queue, exchange, routingKey, arguments, cancellationToken: cancellationToken), cancellationToken);

    Task ChannelContext.ExchangeBind(
        string destination, string source, string routingKey, IDictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        topology.IsOwn(destination)
            ? ExchangeBind(destination, source, routingKey, arguments, cancellationToken)
            : scout.BindAsync(
                binding => binding.ExchangeBindAsync(destination, source, routingKey, arguments, cancellationToken: cancellationToken), cancellationToken);
}
