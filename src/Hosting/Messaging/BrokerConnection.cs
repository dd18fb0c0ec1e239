using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>The bus's own connection, for what the bus has no words for.</summary>
public static class BrokerConnection
{
    // Endpoints notice a lost connection a moment later. The bus then reconnects, for as long as it takes.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the bus is of processes that a broker joins.</summary>
    public static bool HasBroker(this IBusInstance bus) => bus.HostConfiguration is IRabbitMqHostConfiguration;

    /// <summary>Whether some endpoint is connected. The state of the bus's own endpoint is no evidence: that endpoint may not use its connection.</summary>
    public static bool HasConnection(this IBusInstance bus) =>
        bus.BusControl.CheckHealth().Endpoints.Values.Any(endpoint => endpoint.Status == BusHealthStatus.Healthy);

    /// <summary>
    /// The connection. Call it where the bus <see cref="HasConnection"/>: while the broker is unavailable the bus reconnects, and asking for a connection would
    /// start a second attempt.
    /// </summary>
    /// <exception cref="OperationCanceledException">It is not there within half a second.</exception>
    public static async Task<IConnection> ConnectionAsync(this IBusInstance bus, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = (IRabbitMqHostConfiguration)bus.HostConfiguration;
        IConnection? connection = null;
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await host.ConnectionContextSupervisor.Send(Pipe.Execute<ConnectionContext>(context => connection = context.Connection), either.Token)
            .WaitAsync(either.Token);
        return connection!;
    }
}
