using System.Collections.Concurrent;
using Coinsphere.Messaging.Client.Bus.Topology;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using MassTransit;
using MassTransit.Transports;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>The shared endpoints that a process sends to; those that it consumes from are known.</summary>
/// <param name="Names">Names of <see cref="Endpoints"/>.</param>
public sealed record UsedEndpoints(IReadOnlyList<string> Names);

/// <summary>
/// Watches whether the broker still has the exchanges and queues of the definitions that this process needs. Where an administrator has deleted one, requests
/// cannot be answered, and importing the definitions repairs it. Bindings cannot be asked for: where one is missing, requests come back.
/// </summary>
public sealed class DefinitionsWatch : BackgroundService
{
    /// <summary>The name of the condition.</summary>
    public const string Name = "definitions";

    private const string Repair = "import rabbitmq/definitions.json again";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReturnedFor = TimeSpan.FromSeconds(5);

    private readonly IBusInstance _bus;
    private readonly SharedTopology _topology;
    private readonly Conditions _conditions;
    private readonly TimeProvider _time;
    private readonly string[] _used;
    private readonly ConcurrentDictionary<string, long> _returned = new(StringComparer.Ordinal);

    internal DefinitionsWatch(IBusInstance bus, SharedTopology topology, Conditions conditions, IEnumerable<UsedEndpoints> used, TimeProvider time) =>
        (_bus, _topology, _conditions, _time, _used) = (bus, topology, conditions, time, [.. used.SelectMany(endpoints => endpoints.Names)]);

    /// <summary>Notes that the broker had no queue for a request.</summary>
    public void Returned(Uri endpoint) => _returned[endpoint.AbsolutePath] = _time.GetTimestamp();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_bus.HasBroker())
        {
            return;
        }

        (IConnection Connection, TopologyScout Scout)? current = null;
        while (true)
        {
            try
            {
                if (_bus.HasConnection())
                {
                    var connection = await _bus.ConnectionAsync(_time, stoppingToken);
                    current = current is { } known && known.Connection == connection ? known : (connection, new TopologyScout(connection, _topology));
                    await AskAsync(current.Value.Scout, stoppingToken);
                }
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A lost connection, which is reported elsewhere.
                current = null;
            }

            await Task.Delay(Interval, _time, stoppingToken);
        }
    }

    private async Task AskAsync(TopologyScout scout, CancellationToken stoppingToken)
    {
        SharedPart[] needed = [.. _used.Concat(Consumed()).Distinct(StringComparer.Ordinal).SelectMany(Parts)];
        if (await MissingAsync(scout, needed, stoppingToken) is { } missing)
        {
            _conditions.Reason(Name, $"the broker has no {missing}: {Repair}");
        }
        else if (_returned.Where(pair => _time.GetElapsedTime(pair.Value) < ReturnedFor).Select(pair => pair.Key).Order().FirstOrDefault() is { } returned)
        {
            _conditions.Reason(Name, $"the broker has no queue for requests to {returned}: {Repair}");
        }
        else if (await MissingAsync(scout, [.. _topology.Missing], stoppingToken) is { } other)
        {
            _conditions.Note(Name, $"the broker has no {other}: {Repair}");
        }
        else
        {
            _conditions.Clear(Name);
        }
    }

    private async Task<SharedPart?> MissingAsync(TopologyScout scout, IEnumerable<SharedPart> parts, CancellationToken stoppingToken)
    {
        foreach (var part in parts)
        {
            var exists = await scout.ExistsAsync(part, stoppingToken);
            _topology.Found(part, exists);
            if (!exists)
            {
                return part;
            }
        }

        return null;
    }

    private IEnumerable<string> Consumed() =>
        _bus.BusControl.CheckHealth().Endpoints.Values.Select(endpoint => endpoint.InputAddress.Segments[^1]).Where(Endpoints.All.Contains);

    private static IEnumerable<SharedPart> Parts(string endpoint) => [SharedPart.Exchange(endpoint), SharedPart.Queue(endpoint)];
}
