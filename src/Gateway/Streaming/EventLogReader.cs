using System.Threading.Channels;
using Coinsphere.Messaging.Client.Bus.Topology;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using MassTransit.Transports;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// Reads the broker's log of events into the hub, on a channel of its own of the bus's connection. An endpoint of the bus would begin at the same place
/// again after each lost connection, and a gateway without permission to read the log would not become ready. So this begins with the last event that it
/// has: where that is not there any more, it is another log.
/// </summary>
internal sealed class EventLogReader(
    IBusInstance bus, EventHub hub, Conditions conditions, IOptions<StreamingOptions> options, TimeProvider time) : BackgroundService
{
    private const string ConditionName = "streams";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // The broker logs everything that it refuses.
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromSeconds(10);

    // The broker sends the end of a log at once. Nothing is sent of an empty one.
    private static readonly TimeSpan EndTakes = TimeSpan.FromSeconds(1);

    // It sends the newest part of a log whole, one message directly after another, and does not say where the part ends.
    private static readonly TimeSpan PartEndsAfter = TimeSpan.FromMilliseconds(200);
    private const ushort LargestPart = 5_000;

    private static readonly TimeSpan StartTakes = TimeSpan.FromSeconds(5);

    private StreamEventId? _last;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!bus.HasBroker())
        {
            // The events of this process are consumed.
            hub.MarkFilled();
            return;
        }

        while (true)
        {
            var pause = Pause;
            try
            {
                if (bus.HasConnection())
                {
                    await ReadAsync(await bus.ConnectionAsync(time, stoppingToken), stoppingToken);
                }
            }
            catch (OperationInterruptedException failure) when (failure.ShutdownReason is { ReplyCode: >= 400 and < 500 } reason)
            {
                pause = AfterRefusal;
                conditions.Note(ConditionName, $"the log of events cannot be read ({reason.ReplyText}): import rabbitmq/definitions.json again");
            }
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A lost connection, which is reported elsewhere. What is missed meanwhile is read afterwards.
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    private async Task ReadAsync(IConnection connection, CancellationToken stoppingToken)
    {
        await DeclareAsync(connection, stoppingToken);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: false, publisherConfirmationTrackingEnabled: false, consumerDispatchConcurrency: 1),
            stoppingToken);
        var end = await EndAsync(channel, stoppingToken);
        if (_last is not null && end is null)
        {
            Restart();
        }

        var start = _last?.Offset ?? Math.Max(0, (end ?? 0) - options.Value.Window - EventWindow.CopyDistance);
        var consumer = new EventLogConsumer(channel, hub, end, _last);
        await channel.BasicQosAsync(0, EventLogConsumer.Prefetch, global: false, stoppingToken);
        await ConsumeAsync(channel, consumer, start, stoppingToken);
        conditions.Clear(ConditionName);
        if (_last is null && end is null)
        {
            hub.MarkFilled();
        }

        var isSame = true;
        try
        {
            // The last event is there at once. Of a log that does not reach so far the broker sends nothing until it does.
            await consumer.Started.WaitAsync(_last is null ? Timeout.InfiniteTimeSpan : StartTakes, time, stoppingToken);
            isSame = await consumer.Ended.WaitAsync(stoppingToken);
        }
        catch (TimeoutException)
        {
            isSame = false;
        }
        finally
        {
            _last = consumer.Last;
            if (!isSame)
            {
                Restart();
            }
        }
    }

    private void Restart()
    {
        _last = null;
        hub.Restart();
    }

    // On a broker without definitions, whoever comes first declares what they would. Asking for it needs no permission.
    private static async Task DeclareAsync(IConnection connection, CancellationToken stoppingToken)
    {
        await using var scout = new TopologyScout(connection, new SharedTopology());
        if (await scout.ExistsAsync(SharedPart.Queue(EventLog.Queue), stoppingToken))
        {
            return;
        }

        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        await channel.ExchangeDeclareAsync(EventLog.Exchange, ExchangeType.Topic, durable: true, cancellationToken: stoppingToken);
        await channel.QueueDeclareAsync(
            EventLog.Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(EventLog.Arguments),
            cancellationToken: stoppingToken);
        foreach (var key in EventLog.Bindings)
        {
            await channel.QueueBindAsync(EventLog.Queue, EventLog.Exchange, key, cancellationToken: stoppingToken);
        }
    }

    private static Task<string> ConsumeAsync(IChannel channel, IAsyncBasicConsumer consumer, object start, CancellationToken stoppingToken) =>
        channel.BasicConsumeAsync(
            EventLog.Queue, autoAck: false, consumerTag: "", noLocal: false, exclusive: false,
            new Dictionary<string, object?> { ["x-stream-offset"] = start }, consumer, stoppingToken);

    // The last event of the log; null where the log is empty.
    private async Task<long?> EndAsync(IChannel channel, CancellationToken stoppingToken)
    {
        await channel.BasicQosAsync(0, LargestPart, global: false, stoppingToken);
        var consumer = new EndConsumer(channel);
        var tag = await ConsumeAsync(channel, consumer, "last", stoppingToken);
        using var limit = new CancellationTokenSource(EndTakes, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        long? last = null;
        try
        {
            last = await consumer.Offsets.ReadAsync(ended.Token);
            while (true)
            {
                last = await consumer.Offsets.ReadAsync(ended.Token).AsTask().WaitAsync(PartEndsAfter, time, ended.Token);
            }
        }
        catch (TimeoutException)
        {
            return last;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return last;
        }
        finally
        {
            await channel.BasicCancelAsync(tag, cancellationToken: stoppingToken);
        }
    }

    private sealed class EndConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly Channel<long> _offsets = System.Threading.Channels.Channel.CreateUnbounded<long>();

        public ChannelReader<long> Offsets => _offsets.Reader;

        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            _offsets.Writer.TryWrite(EventLogConsumer.Offset(properties));
            return Task.CompletedTask;
        }

        public override Task HandleChannelShutdownAsync(object channel, RabbitMQ.Client.Events.ShutdownEventArgs reason)
        {
            _offsets.Writer.TryComplete(new OperationInterruptedException(reason));
            return Task.CompletedTask;
        }
    }
}
