using MassTransit;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Keeping a message while what it needs is away, instead of moving it aside: no other would fare better. A message counts as with its
/// worker from its delivery on, so those fetched ahead wait for their turn and then for themselves: all of it must end before the broker
/// takes messages back, 15 minutes with <c>rabbitmq.conf</c> and 30 without (<c>consumer_timeout</c>), which would count as a delivery.
/// </summary>
internal static class RetryUntilAvailable
{
    /// <summary>Messages fetched for each that is worked on: itself, and the next one on its way.</summary>
    public const int FetchedPerSlot = 2;

    // No try begins later than this after the first, and the last may take a minute: two such messages in turn are kept for at most 14.
    public static TimeSpan Limit { get; } = TimeSpan.FromMinutes(6);

    /// <summary>
    /// Keeps messages that fail so; other failures are tried again after the given pauses in milliseconds, and then moved to the error queue.
    /// </summary>
    public static void UseRetryUntilAvailable(
        this IReceiveEndpointConfigurator configurator,
        TimeProvider time,
        Func<Exception, bool> isAway,
        params int[] pauses)
    {
        configurator.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(isAway);
            retry.SetRetryPolicy(filter => new RetryUntilAvailablePolicy(filter, Limit, time));
        });
        configurator.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(failure => isAway(failure) || failure is StillUnavailableException);
            retry.Intervals(pauses);
        });
    }
}

/// <summary>A message was kept for as long as one is, within one try: it goes to the error queue.</summary>
internal sealed class StillUnavailableException(string message, Exception cause) : Exception(message, cause);
