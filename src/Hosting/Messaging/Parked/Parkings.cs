using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>
/// Tells of messages that this process has set aside: a line a minute for each endpoint and kind of cause. The queue that they are in has the whole cause of
/// each.
/// </summary>
public sealed partial class Parkings(TimeProvider time, ILogger<Parkings> logger)
{
    private readonly ConcurrentQueue<string> _queues = new();
    private readonly ConcurrentDictionary<(string Endpoint, Type Cause), OncePerMinute> _told = new();

    /// <summary>The queues that got a message since this was last asked, each once.</summary>
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
        // What cannot be read was told of where it was refused.
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

    private int? Count(string endpoint, Exception cause) => _told.GetOrAdd((endpoint, cause.GetType()), _ => new OncePerMinute(time)).Count();

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Set aside {Times} messages of {Endpoint}: {Kind}: {Cause}. ./run parked list shows them, ./run parked retry puts them back")]
    private partial void LogSetAside(int times, string endpoint, string kind, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not set aside {Times} messages of {Endpoint}, which come again")]
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
        // A broker that is away is told of, and gives the message again.
        catch (Exception failure) when (failure is not (ConnectionException or OperationCanceledException))
        {
            parkings.NotAdded(endpoint, failure);
            throw;
        }

        parkings.Add(endpoint, context.Exception);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("countParked");
}
