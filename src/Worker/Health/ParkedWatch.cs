using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Worker.Health;

/// <summary>
/// Looks once a minute whether messages were set aside: readiness has a note until they are put back or gone. A broker logs every question for a queue that is
/// not there, so those are asked for again only once this process itself has put something there.
/// </summary>
internal sealed class ParkedWatch(IBus bus, IConfiguration configuration, Parkings parkings, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "parked";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly HashSet<string> _queues = [.. ParkedMessages.All.Select(queue => queue.Name)];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A bus in memory sets nothing aside that outlives it.
        if (bus.Address.Scheme is not ("rabbitmq" or "rabbitmqs"))
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
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
            // The bus tells of a broker that is away; what was known of its queues stays.
            return;
        }

        if (waiting.Count > 0)
        {
            conditions.Note(Name, $"messages were set aside: {string.Join(", ", waiting)}; ./run parked list says why, ./run parked retry puts them back");
        }
        else
        {
            conditions.Clear(Name);
        }
    }
}
