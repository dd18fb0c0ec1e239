using MassTransit;

namespace Coinsphere.Messaging.Hosting;

/// <summary>
/// Drops replies that nobody waits for any more. The library would move them to a queue of skipped messages, which direct reply-to has
/// none of: the broker refuses, closes the channel, and every later request of this process fails.
/// </summary>
internal sealed class LateReplies : IEndpointConfigurationObserver
{
    /// <inheritdoc/>
    public void EndpointConfigured<T>(T configurator) where T : IReceiveEndpointConfigurator
    {
        if (!configurator.InputAddress.AbsolutePath.EndsWith("/" + DirectReplyTo.Name, StringComparison.Ordinal))
            return;
        configurator.DiscardSkippedMessages();
        configurator.DiscardFaultedMessages();
    }
}
