using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>
/// Logs messages that this process has moved to error queues: one line per minute for each endpoint and type of cause. The message in the queue has
/// the full cause.
/// </summary>
public sealed partial class Parkings(TimeProvider time, ILogger<Parkings> logger)
{
    private readonly ConcurrentQueue<string> _queues = new();
    private readonly ConcurrentDictionary<(string Endpoint, Type Cause), OncePerMinute> _logged = new();

    /// <summary>The queues that got a message since the last call.</summary>
    public IReadOnlySet<string> TakeQueues()
    {
        var queues = new HashSet<string>(StringComparer.Ordinal);
        while (_queues.TryDequeue(out var queue))
        {
            queues.Add(queue);
        }

        return queues;
    }

    internal void Add(string endpoint, Exception cause)
    {
        Meters.Parked(endpoint);
        _queues.Enqueue(ParkedMessages.Errors(endpoint));
        // An unreadable message was already logged when it was refused.
        if (cause is not UnreadableMessageException && Count(endpoint, cause) is { } times)
        {
            LogSetAside(times, endpoint, cause.GetType().Name, cause.Message.ReplaceLineEndings(" "));
        }
    }

    internal void NotAdded(string endpoint, Exception failure)
    {
        if (Count(endpoint, failure) is { } times)
        {
            LogNotSetAside(failure, times, endpoint);
        }
    }

    private int? Count(string endpoint, Exception cause) => _logged.GetOrAdd((endpoint, cause.GetType()), _ => new OncePerMinute(time)).Count();

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Moved {Times} messages of {Endpoint} to its error queue: {Kind}: {Cause}. ./run parked list shows them, ./run parked retry puts them back")]
    private partial void LogSetAside(int times, string endpoint, string kind, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not move {Times} messages of {Endpoint} to its error queue; they are redelivered")]
    private partial void LogNotSetAside(Exception exception, int times, string endpoint);
}

/// <summary>Counts the messages of an endpoint that go to its error queue.</summary>
internal sealed class CountParked(string endpoint, Parkings parkings) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        // An unavailable broker is already reported, and redelivers the message.
        catch (Exception failure) when (failure is not (ConnectionException or OperationCanceledException))
        {
            parkings.NotAdded(endpoint, failure);
            throw;
        }

        parkings.Add(endpoint, context.Exception);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("countParked");
}
