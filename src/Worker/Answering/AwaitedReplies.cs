using MassTransit;

namespace Coinsphere.Messaging.Worker.Answering;

internal static class AwaitedReplies
{
    /// <summary>How long the broker may take to confirm a message. What a lost connection leaves behind is never confirmed, and would keep its endpoint's slot for ever.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Replies where somebody waits. The bus would publish a reply that has no address.</summary>
    /// <exception cref="TimeoutException">The broker has not confirmed it.</exception>
    public static Task ReplyAsync<T>(this ConsumeContext context, T reply) where T : class =>
        context.ResponseAddress is null ? Task.CompletedTask : context.RespondAsync(reply).WaitAsync(Limit, context.CancellationToken);
}
