using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Worker.Health;

/// <summary>
/// Counts the messages in the shared queues, as metrics, and once a minute those in error queues, skipped queues and dead letters. Readiness has a note
/// until these are put back or removed. The broker logs every question about a queue that does not exist, so such a queue is asked about again only once
/// this process has put a message there.
/// </summary>
internal sealed class QueueWatch(IBus bus, IConfiguration configuration, Parkings parkings, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "parked";

    private const int ChecksPerMinute = 4;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1) / ChecksPerMinute;

    private readonly Dictionary<string, string> _parked = ParkedMessages.All.ToDictionary(queue => queue.Name, queue => queue.Endpoint, StringComparer.Ordinal);
    private readonly HashSet<string> _queues = [.. Endpoints.All, .. ParkedMessages.All.Select(queue => queue.Name)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A bus in memory has no such queues.
        if (bus.Address.Scheme is not ("rabbitmq" or "rabbitmqs"))
        {
            return;
        }

        ParkedBroker? broker = null;
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            for (var check = 0; ; check = (check + 1) % ChecksPerMinute)
            {
                try
                {
                    broker ??= await ConnectAsync(stoppingToken);
                    await CheckAsync(broker, isParkedToo: check == 0, stoppingToken);
                }
                catch (Exception failure) when (failure is IOException or RabbitMQClientException or TimeoutException)
                {
                    // The bus reports an unavailable broker. The last known counts stay.
                    await (broker?.DisposeAsync() ?? ValueTask.CompletedTask);
                    broker = null;
                }

                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        finally
        {
            await (broker?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private Task<ParkedBroker> ConnectAsync(CancellationToken cancellationToken)
    {
        var url = MessageBus.RabbitMqUrl(configuration);
        return ParkedBroker.ConnectAsync(url, BrokerTls.Certificate(configuration, url), "coinsphere queue lengths", cancellationToken);
    }

    private async Task CheckAsync(ParkedBroker broker, bool isParkedToo, CancellationToken cancellationToken)
    {
        foreach (var endpoint in Endpoints.All.Where(_queues.Contains))
        {
            if (await broker.CountAsync(endpoint, cancellationToken) is { } count)
            {
                Meters.QueueLength(endpoint, count);
            }
            else
            {
                _queues.Remove(endpoint);
            }
        }

        if (!isParkedToo)
        {
            return;
        }

        _queues.UnionWith(parkings.TakeQueues());
        var waiting = new List<string>();
        var total = Endpoints.All.ToDictionary(endpoint => endpoint, _ => 0L, StringComparer.Ordinal);
        foreach (var (queue, endpoint) in _parked.Where(queue => _queues.Contains(queue.Key)).OrderBy(queue => queue.Key, StringComparer.Ordinal).ToArray())
        {
            switch (await broker.CountAsync(queue, cancellationToken))
            {
                case null:
                    _queues.Remove(queue);
                    break;
                case > 0 and { } count:
                    total[endpoint] += count;
                    waiting.Add($"{count} in {queue}");
                    break;
            }
        }

        foreach (var (endpoint, count) in total)
        {
            Meters.ParkedNow(endpoint, count);
        }

        if (waiting.Count > 0)
        {
            conditions.Note(
                Name,
                $"messages that failed are waiting: {string.Join(", ", waiting)}; ./run parked list says why, ./run parked retry puts them back");
        }
        else
        {
            conditions.Clear(Name);
        }
    }
}
