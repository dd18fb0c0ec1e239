using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Retries a message while a server it needs is unavailable, instead of moving it to the error queue: every other message would fail too. The broker
/// counts a message as unacknowledged from its delivery on, so the wait of a fetched message in memory, and its own retries, must end before the
/// broker takes messages back (<c>consumer_timeout</c>: 15 minutes with <c>rabbitmq.conf</c>, 30 without). That would count as a delivery.
/// </summary>
internal static class RetryUntilAvailable
{
    /// <summary>Messages fetched per slot: the one in work, and the next one.</summary>
    public const int FetchedPerSlot = 2;

    // No try begins later than this after the first, and the last one may take a minute. Two such messages in turn take at most 14 minutes.
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(6);

    /// <summary>
    /// Retries messages that fail because something is unavailable. After other failures a message is tried again after the given pauses in
    /// milliseconds, then moved to the error queue.
    /// </summary>
    public static void UseRetryUntilAvailable(
        this IReceiveEndpointConfigurator configurator,
        TimeProvider time,
        Func<Exception, bool> isUnavailable,
        params int[] pauses)
    {
        configurator.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(isUnavailable);
            retry.SetRetryPolicy(filter => new RetryUntilAvailablePolicy(filter, Limit, time));
        });
        configurator.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(failure => isUnavailable(failure) || failure is StillUnavailableException);
            retry.Intervals(pauses);
        });
    }
}

/// <summary>Within one try, a message was retried for as long as allowed. It goes to the error queue.</summary>
internal sealed class StillUnavailableException(string message, Exception cause) : Exception(message, cause);
