using System.Collections.Concurrent;
using MassTransit;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Tells of messages that this process has set aside.</summary>
public sealed class Parkings
{
    private readonly ConcurrentQueue<string> _queues = new();

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

    internal void Add(string endpoint)
    {
        Meters.Parked(endpoint);
        _queues.Enqueue(ParkedMessages.Errors(endpoint));
    }
}

/// <summary>Counts the messages of an endpoint that go to its error queue.</summary>
internal sealed class CountParked(string endpoint, Parkings parkings) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await next.Send(context);
        parkings.Add(endpoint);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("countParked");
}
