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
/// Refuses what an endpoint cannot read or takes no message of, at once where its sender awaits a reply, before it is moved to the queue that keeps it for
/// people.
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
            // It is kept all the same.
            LogNotTold(failure, endpoint);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The sender of a message on {Endpoint} could not be told that it cannot be read")]
    private partial void LogNotTold(Exception exception, string endpoint);
}

internal static class UnreadMessagesExtensions
{
    /// <summary>Has an endpoint with a queue of its own name refuse what it cannot read. What a process's own endpoint cannot read is dropped.</summary>
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
        // A bus of our own comes after this and moves the message; any other would not know that it still has to.
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
