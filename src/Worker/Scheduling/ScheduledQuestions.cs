using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using MassTransit;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// Asks everything about a symbol on the durable endpoints, whose answers are published and recorded: a prediction over each timeframe, and the risk.
/// </summary>
internal sealed class ScheduledQuestions(IBus bus, IResultCache cache, TimeProvider time)
{
    /// <summary>The questions about one symbol.</summary>
    public static readonly int Count = Timeframes.All.Count + 1;

    // A question that waits longer, since prices are unavailable, is refused and not parked: a later run asks it again.
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    // A broker that is away keeps a message waiting.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the broker has the questions.</summary>
    /// <param name="symbol">A canonical symbol.</param>
    /// <param name="run">The run that asks, the same for all its questions.</param>
    /// <param name="cancellationToken">Cancels the sending.</param>
    public async Task AskAsync(string symbol, string run, CancellationToken cancellationToken)
    {
        var milliseconds = (long)Deadline.TotalMilliseconds;
        foreach (var timeframe in Timeframes.All)
        {
            await SendAsync(Endpoints.PredictDurable, new PredictRequested(symbol, timeframe) { DeadlineMs = milliseconds }, run, cancellationToken);
        }

        await SendAsync(Endpoints.RiskDurable, new RiskRequested(symbol) { DeadlineMs = milliseconds }, run, cancellationToken);
    }

    /// <summary>Invalidates cached answers that do not know a bar: whoever wrote it may not have done so.</summary>
    public async Task InvalidateBeforeAsync(string symbol, DateOnly bar, CancellationToken cancellationToken)
    {
        foreach (var timeframe in Timeframes.All)
        {
            var key = CacheKey.Of(new PredictionQuery(symbol, timeframe, AsOf: null));
            if (await LastDayAsync(key, ContractsJson.Body.PredictionAnswer, answer => answer.DataAsOf, cancellationToken) < bar)
            {
                await cache.InvalidateAsync(symbol, cancellationToken);
                return;
            }
        }

        var risk = CacheKey.Of(new RiskQuery(symbol, AsOf: null));
        if (await LastDayAsync(risk, ContractsJson.Body.RiskAnswer, answer => answer.DataAsOf, cancellationToken) < bar)
        {
            await cache.InvalidateAsync(symbol, cancellationToken);
        }
    }

    private async Task<DateOnly?> LastDayAsync<T>(CacheKey key, JsonTypeInfo<T> type, Func<T, DateOnly?> lastDay, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await cache.ReadAsync(key, cancellationToken) is { } body && JsonSerializer.Deserialize(body.Span, type) is { } answer
                ? lastDay(answer)
                : null;
        }
        catch (JsonException)
        {
            // Another program wrote it. The next answer overwrites it.
            return null;
        }
    }

    private async Task SendAsync<T>(string endpoint, T request, string run, CancellationToken cancellationToken) where T : class
    {
        var address = await bus.GetSendEndpoint(Endpoints.Address(endpoint));
        await address.Send(request, send => send.Headers.Set(Endpoints.ScheduledHeader, run), cancellationToken).WaitAsync(Limit, time, cancellationToken);
    }
}
