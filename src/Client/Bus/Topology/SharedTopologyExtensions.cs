using System.Reflection;
using Coinsphere.Messaging.Client.Bus.Topology;
using MassTransit;
using MassTransit.Agents;
using MassTransit.RabbitMqTransport;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Util;

namespace Coinsphere.Messaging.Client;

/// <summary>Lets a bus use the exchanges and queues that the broker's definitions declare.</summary>
public static class SharedTopologyExtensions
{
    private static readonly FieldInfo? Connections = typeof(RabbitMqHostConfiguration)
        .GetField("_connectionContext", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly FieldInfo? Factory = typeof(PipeContextSupervisor<ConnectionContext>)
        .GetField("_contextFactory", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>
    /// Makes a bus of RabbitMQ ask whether shared exchanges and queues exist, where MassTransit would declare them: whoever may declare an exchange may
    /// also delete it, so users of this service have no permission to. What is missing is declared where the user may do so. Sending to what is missing
    /// fails at once with a <see cref="DefinitionsMissingException"/>. What the broker deletes with this process is declared as before.
    /// </summary>
    /// <param name="configurator">The bus; call this in <c>UsingRabbitMq</c>, before endpoints are configured.</param>
    /// <exception cref="NotSupportedException">This version of MassTransit is another one than this was written for.</exception>
    public static void UseSharedTopology(this IRabbitMqBusFactoryConfigurator configurator) => configurator.UseSharedTopology(new SharedTopology());

    internal static void UseSharedTopology(this IRabbitMqBusFactoryConfigurator configurator, SharedTopology shared)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        var host = Values(configurator).OfType<RabbitMqHostConfiguration>().FirstOrDefault();
        var topology = Values(configurator).OfType<IRabbitMqBusConfiguration>().FirstOrDefault()?.Topology;
        if (host is null || topology is null || Factory?.FieldType != typeof(IPipeContextFactory<ConnectionContext>)
            || Connections?.FieldType != typeof(Recycle<IConnectionContextSupervisor>))
        {
            throw new NotSupportedException("UseSharedTopology does not know this version of MassTransit.RabbitMQ: expected 8.5");
        }

        Connections.SetValue(host, new Recycle<IConnectionContextSupervisor>(() =>
        {
            var connections = new ConnectionContextSupervisor(host, topology);
            Factory.SetValue(connections, new SharedConnections(host, shared));
            return connections;
        }));
    }

    private static IEnumerable<object?> Values(object configurator) => configurator.GetType()
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Select(field => field.GetValue(configurator));
}
