using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Worker.Health;

/// <summary>
/// Counts once a minute the messages in error queues, skipped queues and dead letters. Readiness has a note until they are put back or removed. The
/// broker logs every question about a queue that does not exist, so such a queue is asked about again only once this process has put a message there.
/// </summary>
internal sealed class ParkedWatch(IBus bus, IConfiguration configuration, Parkings parkings, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "parked";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly HashSet<string> _queues = [.. ParkedMessages.All.Select(queue => queue.Name)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A bus in memory has no such queues.
        if (bus.Address.Scheme is not ("rabbitmq" or "rabbitmqs"))
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await CheckAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        _queues.UnionWith(parkings.TakeQueues());
        var waiting = new List<string>();
        try
        {
            await using var broker = await ParkedBroker.ConnectAsync(MessageBus.RabbitMqUrl(configuration), "coinsphere parked messages", cancellationToken);
            foreach (var queue in _queues.Order(StringComparer.Ordinal).ToArray())
            {
                switch (await broker.CountAsync(queue, cancellationToken))
                {
                    case null:
                        _queues.Remove(queue);
                        break;
                    case > 0 and { } count:
                        waiting.Add($"{count} in {queue}");
                        break;
                }
            }
        }
        catch (Exception failure) when (failure is IOException or RabbitMQClientException or TimeoutException)
        {
            // The bus reports an unavailable broker. The last known counts stay.
            return;
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
