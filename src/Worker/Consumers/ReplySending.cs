using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

internal static class ReplySending
{
    /// <summary>
    /// How long the broker may take to confirm a message. What a lost connection leaves behind is never confirmed, and would keep its endpoint's slot for ever.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Replies where somebody waits. The bus would publish a reply that has no address.</summary>
    /// <param name="context">The request's.</param>
    /// <param name="reply">The reply.</param>
    /// <param name="written">What writes it; null: the bus.</param>
    /// <exception cref="TimeoutException">The broker has not confirmed it.</exception>
    public static Task ReplyAsync<T>(this ConsumeContext context, T reply, IMessageSerializer? written = null)
        where T : class => context.ResponseAddress is { } address
        ? context.SendReplyAsync(address, reply, send => (send.RequestId, send.Serializer) = (context.RequestId, written ?? send.Serializer))
        : Task.CompletedTask;

    /// <summary>Sends a reply to a message that was read.</summary>
    /// <exception cref="TimeoutException">The broker has not confirmed it.</exception>
    public static Task SendReplyAsync<T>(this ConsumeContext context, Uri address, T reply, Action<SendContext<T>> complete) where T : class =>
        context.ReceiveContext.SendReplyAsync(address, reply, send =>
        {
            send.TransferConsumeContextHeaders(context);
            complete(send);
        });

    /// <summary>Sends a reply, not through the context: that waits for all that was sent through it, also for what a later try has sent again.</summary>
    /// <exception cref="TimeoutException">The broker has not confirmed it.</exception>
    public static Task SendReplyAsync<T>(this ReceiveContext context, Uri address, T reply, Action<SendContext<T>> complete) where T : class
    {
        return SendAsync().WaitAsync(Limit, context.CancellationToken);

        async Task SendAsync()
        {
            var endpoint = await context.SendEndpointProvider.GetSendEndpoint(address);
            await endpoint.Send(reply, complete, context.CancellationToken);
        }
    }
}
