using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Refuses messages that an endpoint cannot read or has no consumer for. The sender gets the refusal at once; the message then moves to the error
/// queue or the skipped queue.
/// </summary>
internal sealed partial class UnreadMessages(Replies replies, RefusalLog refusals, ILogger<UnreadMessages> logger)
{
    public async Task RefuseAsync(ReceiveContext context, string endpoint, string reason)
    {
        var refusal = new RequestRefused(RefusalReason.InvalidRequest, reason);
        refusals.Refused($"a message on {endpoint} that cannot be read", refusal, EnvelopeHead.Read(context.Body.GetBytes()).RequestId?.ToString());
        Meters.Refused(refusal.Reason);
        try
        {
            await replies.RefuseUnreadAsync(context, refusal);
        }
        catch (Exception failure) when (!(failure is OperationCanceledException && context.CancellationToken.IsCancellationRequested))
        {
            // The message is moved all the same.
            LogReplyFailed(failure, endpoint);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message on {Endpoint} cannot be read, and the refusal could not be sent to its sender")]
    private partial void LogReplyFailed(Exception exception, string endpoint);
}

internal static class UnreadMessagesExtensions
{
    /// <summary>Makes a shared endpoint refuse messages that it cannot read. On a process's own endpoint they are dropped.</summary>
    public static void AnswerWhatCannotBeRead(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context, string name)
    {
        if (!Endpoints.All.Contains(name))
        {
            return;
        }

        var unread = new UnreadMessages(
            context.GetRequiredService<Replies>(),
            context.GetRequiredService<RefusalLog>(),
            context.GetRequiredService<ILogger<UnreadMessages>>());
        // With this project's transport a later filter moves the message. Any other transport would not move it after this filter.
        if (context.GetService<Parkings>() is not null)
        {
            endpoint.ConfigureError(pipe => pipe.UseExecuteAsync(
                failed => failed.Exception is UnreadableMessageException unreadable
                    ? unread.RefuseAsync(failed, name, unreadable.Message)
                    : Task.CompletedTask));
        }

        endpoint.ConfigureDeadLetter(pipe =>
        {
            pipe.UseExecuteAsync(skipped => unread.RefuseAsync(skipped, name, Unknown(skipped, name)));
            pipe.UseFilter(new DeadLetterTransportFilter());
        });
    }

    private static string Unknown(ReceiveContext skipped, string name) => skipped.HasPayloadType(typeof(PlainMessage))
        ? "the body is null: expected a JSON object"
        : $"{name} takes no message of the kind {EnvelopeHead.Read(skipped.Body.GetBytes()).MessageType ?? "null"}";
}
