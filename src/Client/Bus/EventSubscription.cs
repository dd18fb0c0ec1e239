using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Coinsphere.Messaging.Client.Bus.Topology;
using Coinsphere.Messaging.Contracts;
using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using MassTransit.Transports;

namespace Coinsphere.Messaging.Client.Bus;

/// <summary>Receives the workers' events on a queue of this process, which the broker deletes with the connection.</summary>
internal sealed class EventSubscription(IBusControl bus, IBusInstance instance)
{
    private const string NotResumable = "lastEventId cannot be used over the bus, which keeps no events: expected none";

    // More wait in the queue.
    private const int MaxWaiting = 100;

    /// <summary>Reads the events of one type.</summary>
    /// <param name="answerOf">The event's answer.</param>
    /// <param name="symbolOf">The answer's symbol.</param>
    /// <param name="symbols">The symbols; null or none means all.</param>
    /// <param name="lastEventId">Must be null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<Watched<TAnswer>> ReadAsync<TEvent, TAnswer>(
        Func<TEvent, TAnswer> answerOf, Func<TAnswer, string> symbolOf, IReadOnlyList<string>? symbols, string? lastEventId,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
        where TAnswer : class
    {
        var wanted = Wanted(symbols, lastEventId);
        var seen = Channel.CreateBounded<Watched<TAnswer>>(MaxWaiting);
        var handle = bus.ConnectReceiveEndpoint(new WatchEndpoint(User), DefaultEndpointNameFormatter.Instance, endpoint =>
        {
            endpoint.PublishFaults = false;
            endpoint.ConnectReceiveEndpointObserver(new Reconnects<TAnswer>(seen.Writer));
            endpoint.Handler<TEvent>(async context =>
            {
                var answer = answerOf(context.Message);
                if (!context.Headers.TryGetHeader(Endpoints.AsOfHeader, out _) && (wanted.Count == 0 || wanted.Contains(symbolOf(answer))))
                {
                    await TryWriteAsync(seen.Writer, new(Id: null, answer, Missed: null), context.CancellationToken);
                }
            });
        });
        try
        {
            await foreach (var item in seen.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            seen.Writer.TryComplete();
            await handle.StopAsync(CancellationToken.None);
        }
    }

    // An event that fails would go to an error queue, which nobody reads.
    private static async Task TryWriteAsync<T>(ChannelWriter<T> seen, T item, CancellationToken cancellationToken)
    {
        try
        {
            await seen.WriteAsync(item, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The watch has ended.
        }
    }

    private static HashSet<string> Wanted(IReadOnlyList<string>? symbols, string? lastEventId)
    {
        if (lastEventId is not null)
        {
            throw new WatchRefusedException(new(RefusalReason.InvalidRequest, NotResumable));
        }

        // The aliases of the service are not known here: an event of MATIC would not be one of POL.
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var symbol in symbols ?? [])
        {
            if (SymbolSyntax.Check(symbol) is { } refusal)
            {
                throw new WatchRefusedException(refusal);
            }

            SymbolCatalog.Default.TryNormalise(symbol, out var canonical);
            wanted.Add(canonical!);
        }

        return wanted;
    }

    private string User => instance.HostConfiguration is IRabbitMqHostConfiguration host ? host.Settings.Username : "memory";

    // The broker's users may declare queues of this name.
    private sealed class WatchEndpoint(string user) : IEndpointDefinition
    {
        private readonly string _name = $"{ClientQueues.Prefix(user)}watch-{NewId.NextGuid():N}";

        public bool IsTemporary => true;

        public int? PrefetchCount => MaxWaiting;

        // One after another, as they came.
        public int? ConcurrentMessageLimit => 1;

        public bool ConfigureConsumeTopology => true;

        public string GetEndpointName(IEndpointNameFormatter formatter) => _name;

        public void Configure<T>(T configurator, IRegistrationContext? context) where T : IReceiveEndpointConfigurator
        {
        }
    }

    // A queue that was deleted with its connection has missed events.
    private sealed class Reconnects<TAnswer>(ChannelWriter<Watched<TAnswer>> seen) : IReceiveEndpointObserver where TAnswer : class
    {
        private const string AccessRefused = "ACCESS_REFUSED";

        private bool _wasReady;

        public async Task Ready(ReceiveEndpointReady ready)
        {
            if (_wasReady)
            {
                await TryWriteAsync(
                    seen, new(Id: null, Answer: null, "the connection to the broker was lost; events until now may be missing"), CancellationToken.None);
            }

            _wasReady = true;
        }

        public Task Faulted(ReceiveEndpointFaulted faulted)
        {
            for (var fault = faulted.Exception; fault is not null; fault = fault.InnerException)
            {
                if (fault.Message.Contains(AccessRefused, StringComparison.Ordinal))
                {
                    seen.TryComplete(new WatchRefusedException(
                        new(RefusalReason.BrokerUnavailable, $"the broker's user may not receive events: {fault.Message.ReplaceLineEndings(" ")}"),
                        faulted.Exception));
                }
            }

            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;
    }
}
