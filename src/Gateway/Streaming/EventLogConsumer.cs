using Coinsphere.Messaging.Hosting.Messaging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>Takes the log's messages one after another, without reading their bodies.</summary>
/// <param name="channel">The channel.</param>
/// <param name="hub">Who gets the events.</param>
/// <param name="end">Where the log ended when reading began; null where it is not read from the start.</param>
/// <param name="expected">The event that must come first, which is known already; null: any.</param>
internal sealed class EventLogConsumer(IChannel channel, EventHub hub, long? end, StreamEventId? expected) : AsyncDefaultBasicConsumer(channel)
{
    /// <summary>How many messages the broker sends ahead.</summary>
    public const ushort Prefetch = 200;

    // The end of the year 9999.
    private const long MaxMilliseconds = 253_402_300_800_000;

    private const string OffsetHeader = "x-stream-offset";

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isChecked = expected is null;
    private int _unacknowledged;

    /// <summary>The last event that was taken.</summary>
    public StreamEventId? Last { get; private set; } = expected;

    /// <summary>Ends with the first message, or before it with the channel.</summary>
    public Task Started => _started.Task;

    /// <summary>Ends with the channel, or with false where this is another log than before.</summary>
    public Task<bool> Ended => _ended.Task;

    /// <summary>The place of a message in the log.</summary>
    public static long Offset(IReadOnlyBasicProperties properties) => Convert.ToInt64(properties.Headers![OffsetHeader], null);

    /// <inheritdoc/>
    public override async Task HandleBasicDeliverAsync(
        string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        _started.TrySetResult();
        var id = StreamEventId.Of(Offset(properties), body.Span);
        if (_isChecked ? id.Offset <= Last?.Offset : id != Last)
        {
            _ended.TrySetResult(false);
            return;
        }

        if (_isChecked && Read(id, routingKey, properties, body) is { } read)
        {
            hub.Append(read);
        }

        (_isChecked, Last) = (true, id);
        if (id.Offset >= end)
        {
            hub.MarkFilled();
        }

        // Of a stream it only asks the broker for more.
        if (++_unacknowledged == Prefetch / 4)
        {
            _unacknowledged = 0;
            await Channel.BasicAckAsync(deliveryTag, multiple: true, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        // The queue was deleted, or its node is away.
        _started.TrySetResult();
        _ended.TrySetResult(true);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        _started.TrySetResult();
        _ended.TrySetException(new OperationInterruptedException(reason));
        return Task.CompletedTask;
    }

    // Null where it is none of this service's events.
    private static StreamEvent? Read(StreamEventId id, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body)
    {
        var key = routingKey.Split('.');
        return key.Length is 2 or 3 && StreamChannels.OfEvent(key[0]) is { } found
            ? new StreamEvent(found, key[1], key.ElementAtOrDefault(2), id, properties.MessageId, ComputedAt(properties), body.ToArray())
            : null;
    }

    private static DateTimeOffset? ComputedAt(IReadOnlyBasicProperties properties) =>
        properties.Headers?.TryGetValue(EventLog.ComputedAtHeader, out var value) == true && value is long milliseconds and >= 0 and < MaxMilliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}
