using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Configures a process's own endpoints: those of broadcasts, of the bus itself, and of replies. A message that they cannot read or handle is
/// dropped, counted, and logged once per kind. The library would move it to an error queue, which users of this service have no permission to
/// declare, and which direct reply-to does not have: the broker would refuse, close the channel, and redeliver the message without end. Replies have
/// few readers: the library would start as many as the endpoint's prefetch of a thousand, and each reply would wake all idle ones, which costs more
/// than the reply itself. A reader only passes a reply to the waiting caller.
/// </summary>
internal sealed partial class OwnEndpoints(ILogger<OwnEndpoints> logger) : IEndpointConfigurationObserver
{
    private const string Replies = "replies";

    private readonly ConcurrentDictionary<(string Message, Type? Fault), bool> _logged = new();

    /// <inheritdoc/>
    public void EndpointConfigured<T>(T configurator) where T : IReceiveEndpointConfigurator
    {
        var queue = configurator.InputAddress.AbsolutePath[(configurator.InputAddress.AbsolutePath.LastIndexOf('/') + 1)..];
        var isReplies = queue == DirectReplyTo.Name;
        if (isReplies)
        {
            configurator.ConcurrentMessageLimit = Environment.ProcessorCount;
        }

        var broadcast = ProcessEndpoints.NameOf(queue);
        if (!isReplies && broadcast is null && !ReplyAddresses.IsBusEndpoint(queue))
        {
            return;
        }

        var message = broadcast ?? Replies;
        configurator.PublishFaults = false;
        // Instead of the library's own filter, which would log a stack trace for each.
        configurator.ConfigureError(pipe => pipe.UseExecute(context =>
        {
            Drop(message, context.Exception);
            context.GetOrAddPayload(() => Dropped.Instance);
        }));
        configurator.ConfigureDeadLetter(pipe => pipe.UseExecute(context =>
        {
            // A reply that no caller waits for is not a fault.
            if (broadcast is not null && !context.HasPayloadType(typeof(Dropped)))
            {
                Drop(message, null);
            }
        }));
    }

    private void Drop(string message, Exception? fault)
    {
        Meters.BroadcastUnreadable(message);
        if (!_logged.TryAdd((message, fault?.GetType()), true))
        {
            return;
        }

        if (fault is null or UnreadableMessageException)
        {
            LogUnreadable(message, fault?.Message ?? "this endpoint has no consumer for its message type");
        }
        else
        {
            LogFailed(fault, message);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Dropped a message that cannot be read: {Broadcast}, {Reason}. Later ones are counted in coinsphere.broadcasts.unreadable")]
    private partial void LogUnreadable(string broadcast, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Dropped a message that could not be handled: {Broadcast}. Later ones are counted in coinsphere.broadcasts.unreadable")]
    private partial void LogFailed(Exception exception, string broadcast);

    private sealed class Dropped
    {
        public static Dropped Instance { get; } = new();
    }
}
