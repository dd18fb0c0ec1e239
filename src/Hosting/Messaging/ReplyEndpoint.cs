using MassTransit;

namespace Coinsphere.Messaging.Hosting;

/// <summary>
/// What the direct reply-to endpoint needs besides the library's defaults. Replies that nobody waits for any more are dropped: the library would move them
/// to a queue of skipped messages, which direct reply-to has none of; the broker refuses, closes the channel, and every later request of this process fails.
/// And few read them: the library has as many readers as the endpoint's prefetch of a thousand, and each reply wakes all that are idle, for
/// more work than the reply itself. A reader only hands a reply to who waits.
/// </summary>
internal sealed class ReplyEndpoint : IEndpointConfigurationObserver
{
    /// <inheritdoc/>
    public void EndpointConfigured<T>(T configurator) where T : IReceiveEndpointConfigurator
    {
        if (!configurator.InputAddress.AbsolutePath.EndsWith("/" + DirectReplyTo.Name, StringComparison.Ordinal))
            return;
        configurator.DiscardSkippedMessages();
        configurator.DiscardFaultedMessages();
        configurator.ConcurrentMessageLimit = Environment.ProcessorCount;
    }
}
