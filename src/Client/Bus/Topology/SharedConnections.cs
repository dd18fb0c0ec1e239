using MassTransit;
using MassTransit.Agents;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Client.Bus.Topology;

/// <summary>Connections of a bus whose channels ask for shared exchanges and queues, where the library's own would declare them.</summary>
internal sealed class SharedConnections(IRabbitMqHostConfiguration host, SharedTopology topology) : IPipeContextFactory<ConnectionContext>
{
    private readonly ConnectionContextFactory _connections = new(host);

    public IPipeContextAgent<ConnectionContext> CreateContext(ISupervisor supervisor) => _connections.CreateContext(supervisor);

    public IActivePipeContextAgent<ConnectionContext> CreateActiveContext(
        ISupervisor supervisor, PipeContextHandle<ConnectionContext> context, CancellationToken cancellationToken) =>
        supervisor.AddActiveContext(context, ShareAsync(context.Context, cancellationToken));

    private async Task<ConnectionContext> ShareAsync(Task<ConnectionContext> connecting, CancellationToken cancellationToken)
    {
        var connection = await connecting.WaitAsync(cancellationToken);
        return connection.Connection.IsOpen
            ? new Connection(connection, host.Settings.Username, topology, cancellationToken)
            : throw new RabbitMqConnectionException($"the connection is closed: {connection.Connection.CloseReason}");
    }

    private sealed class Connection(
        ConnectionContext connection, string user, SharedTopology topology, CancellationToken cancellationToken)
        : SharedConnectionContext(connection, cancellationToken), ConnectionContext
    {
        private readonly ConnectionContext _connection = connection;

        async Task<ChannelContext> ConnectionContext.CreateChannelContext(IAgent agent, ushort? concurrentMessageLimit, CancellationToken cancellationToken)
        {
            var scout = _connection.GetOrAddPayload(() => new TopologyScout(_connection.Connection, topology));
            var channel = await CreateChannel(concurrentMessageLimit, cancellationToken);
            return new SharedChannel(_connection, channel, agent, user, scout, topology, cancellationToken);
        }
    }
}
