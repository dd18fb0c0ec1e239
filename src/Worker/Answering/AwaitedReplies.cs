using MassTransit;

namespace Coinsphere.Messaging.Worker.Answering;

internal static class AwaitedReplies
{
    /// <summary>Replies where somebody waits. The bus would publish a reply that has no address.</summary>
    public static Task ReplyAsync<T>(this ConsumeContext context, T reply) where T : class =>
        context.ResponseAddress is null ? Task.CompletedTask : context.RespondAsync(reply);
}
