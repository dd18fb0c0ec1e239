using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Reconnects within a fraction of a second to a broker that is available again. The client library waits one second, and then 3 to 60 seconds,
/// growing with the outage; there is no setting for it. So its retry policy is replaced here, which may stop working with another version of the
/// library. The same policy also repeats sends: a message that a full queue rejected would then reach all other queues again each time, so rejections
/// are left to the sender.
/// </summary>
internal static partial class QuickReconnect
{
    private const string PolicyField = "<ReceiveTransportRetryPolicy>k__BackingField";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    // When they are used up the library starts again, so the number is no limit.
    private const int Attempts = 10_000;

    /// <summary>Replaces the retry policy of a bus that is being configured, or logs that it could not.</summary>
    public static void Apply(IRabbitMqBusFactoryConfigurator configurator, ILogger logger)
    {
        if (FindHost(configurator) is { } host
            && host.GetType().GetField(PolicyField, BindingFlags.Instance | BindingFlags.NonPublic) is { } field
            && field.GetValue(host) is IRetryPolicy original)
        {
            field.SetValue(host, Retry.CreatePolicy(retry =>
            {
                // Also a refused login, after which the library would stop: the password may be corrected on either side.
                retry.Handle<Exception>(failure => !failure.IsRejection() && (failure is ConnectionException || original.IsHandled(failure)));
                retry.Interval(Attempts, Interval);
            }));
        }
        else
        {
            LogBackOff(logger);
        }
    }

    private static object? FindHost(object configurator) => configurator.GetType()
        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
        .Select(field => field.GetValue(configurator))
        .FirstOrDefault(value => value?.GetType().Name == "RabbitMqHostConfiguration");

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The broker client's retry policy cannot be replaced: after a broker restart, it may take up to 12 seconds to answer again")]
    private static partial void LogBackOff(ILogger logger);
}
