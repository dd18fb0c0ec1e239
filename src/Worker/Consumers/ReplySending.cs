using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Logging;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

internal static class ReplySending
{
    /// <summary>
    /// How long the broker may take to confirm a message. After a lost connection no confirmation comes, and the endpoint's slot would stay taken for
    /// ever.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Refuses a request that has a reply address.</summary>
    public static Task ReplyAsync(this ConsumeContext context, RequestRefused refusal) => context.ReplyAsync<RequestRefused>(Shown(refusal));

    /// <summary>The refusal as callers get it: without the folders of this machine.</summary>
    public static RequestRefused Shown(RequestRefused refusal) => refusal with { Detail = ServerPaths.Hide(refusal.Detail) };

    /// <summary>Replies to a request that has a reply address. Without one the bus would publish the reply.</summary>
    /// <param name="context">The request's context.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="written">The serializer; null: the bus's.</param>
    /// <exception cref="TimeoutException">The broker did not confirm the message in time.</exception>
    public static Task ReplyAsync<T>(this ConsumeContext context, T reply, IMessageSerializer? written = null)
        where T : class => context.ResponseAddress is { } address
        ? context.SendReplyAsync(address, reply, send => (send.RequestId, send.Serializer) = (context.RequestId, written ?? send.Serializer))
        : Task.CompletedTask;

    /// <summary>Sends a reply to a message that was read.</summary>
    /// <exception cref="TimeoutException">The broker did not confirm the message in time.</exception>
    public static Task SendReplyAsync<T>(this ConsumeContext context, Uri address, T reply, Action<SendContext<T>> complete) where T : class =>
        context.ReceiveContext.SendReplyAsync(address, reply, send =>
        {
            send.TransferConsumeContextHeaders(context);
            complete(send);
        });

    /// <summary>
    /// Sends a reply outside the consume context: the context waits for everything that was sent through it, including what a later try sent again.
    /// </summary>
    /// <exception cref="TimeoutException">The broker did not confirm the message in time.</exception>
    public static Task SendReplyAsync<T>(this ReceiveContext context, Uri address, T reply, Action<SendContext<T>> complete) where T : class
    {
        return SendAsync().WaitAsync(Limit, context.CancellationToken);

        async Task SendAsync()
        {
            var endpoint = await context.SendEndpointProvider.GetSendEndpoint(address);
            try
            {
                await endpoint.Send(reply, complete, context.CancellationToken);
            }
            catch (ReplyAddressMissingException)
            {
                // The asking process has ended, or the address was invented. Nobody waits.
                Meters.ReplyRejected();
            }
        }
    }
}
