using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// What a process's own endpoints need besides the library's defaults: those of broadcasts, of the bus itself, and of replies. What they cannot read or handle
/// is dropped, counted, and logged once of each kind. The library would move it to a queue beside them, which no user of this service may declare and direct
/// reply-to has none of: the broker refuses, closes the channel, and the message comes again without end. Few read the replies: the library has as many readers
/// as the endpoint's prefetch of a thousand, and each reply wakes all that are idle, for more work than the reply itself. A reader only hands a reply to who
/// waits.
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
        // Instead of the library's own, which would write a stack trace for each.
        configurator.ConfigureError(pipe => pipe.UseExecute(context =>
        {
            Drop(message, context.Exception);
            context.GetOrAddPayload(() => Dropped.Instance);
        }));
        configurator.ConfigureDeadLetter(pipe => pipe.UseExecute(context =>
        {
            // A reply that nobody waits for any more is no fault.
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
            LogUnreadable(message, fault?.Message ?? "it is of another kind than this endpoint takes");
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
