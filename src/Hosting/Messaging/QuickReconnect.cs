using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Reconnects to a returned broker within a fraction of a second. The client library backs off by 3 to 60 seconds, growing with the outage, after the one
/// second it always waits, and has no setting for it; the policy it holds is replaced here, which may stop working with another version of it. The same policy
/// repeats what was sent: a message that a full queue rejected would reach all other queues each time, so that it is left to its sender.
/// </summary>
internal static partial class QuickReconnect
{
    private const string PolicyField = "<ReceiveTransportRetryPolicy>k__BackingField";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    // When they are used up the library starts over, so their number is no limit.
    private const int Attempts = 10_000;

    /// <summary>Replaces the back-off of a bus that is being configured, or says in the log that it could not.</summary>
    public static void Apply(IRabbitMqBusFactoryConfigurator configurator, ILogger logger)
    {
        if (FindHost(configurator) is { } host
            && host.GetType().GetField(PolicyField, BindingFlags.Instance | BindingFlags.NonPublic) is { } field
            && field.GetValue(host) is IRetryPolicy original)
        {
            field.SetValue(host, Retry.CreatePolicy(retry =>
            {
                // Also a refused login, which the library takes for the end: a password that was changed here or there is put right there or here.
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
        Message = "The broker client's back-off cannot be replaced: after a broker restart, serving may take up to 12 seconds to resume")]
    private static partial void LogBackOff(ILogger logger);
}
