using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Answering;

/// <summary>The way of every question through a worker: drop it where nobody waits any more, compute, reply, keep the answer, tell the world.</summary>
internal sealed partial class Answerer(IResultCache cache, Replies replies, TimeProvider time, ILogger<Answerer> logger)
{
    public async Task AnswerAsync<TAnswer>(ConsumeContext context, Question<TAnswer> question, Func<CancellationToken, Task<Outcome<TAnswer>>> compute)
        where TAnswer : class
    {
        if (question.Deadline.HasPassed(time))
        {
            await RefuseAsync(context, question.Key.Text, Deadline.Exceeded);
            return;
        }

        var started = time.GetTimestamp();
        // Read before any input, so that an answer made from what changes meanwhile is never served.
        var epoch = await cache.EpochAsync(question.Key.Symbol, context.CancellationToken);
        var outcome = await compute(context.CancellationToken);
        if (outcome.IsRefused)
        {
            await RefuseAsync(context, question.Key.Text, outcome.Refusal);
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(outcome.Answer, question.Type);
        var stored = cache.StoreAsync(question.Key, epoch, body, question.Lifetime, CancellationToken.None);
        await replies.AnswerAsync(context, outcome.Answer, body);
        await stored;
        if (question.Completed is { } completed)
            await TellAsync(context, completed(outcome.Answer));
        var elapsed = time.GetElapsedTime(started);
        LogAnswered(question.Key.Text, elapsed.TotalMilliseconds);
    }

    /// <summary>Replies that a request gets no answer.</summary>
    public Task RefuseAsync(ConsumeContext context, string question, RequestRefused refusal)
    {
        LogRefused(question, refusal.Reason, refusal.Detail);
        Meters.Refused(refusal.Reason);
        return replies.RefuseAsync(context, refusal);
    }

    // Confirmed by the broker when it returns. A durable request is acknowledged only then; an interactive one has its answer already,
    // and a second one would be wrong.
    private async Task TellAsync(ConsumeContext context, object message)
    {
        try
        {
            await context.Publish(message, context.CancellationToken);
        }
        catch (Exception failure) when (context.HasPayloadType(typeof(Interactive)))
        {
            Meters.EventLost();
            LogEventLost(failure, message.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Answered {Question} in {Milliseconds:0.00} ms")]
    private partial void LogAnswered(string question, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Event} of an interactive answer was lost")]
    private partial void LogEventLost(Exception exception, string @event);

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Question}: {Reason}, {Detail}")]
    private partial void LogRefused(string question, RefusalReason reason, string detail);
}

/// <summary>What the way of a question needs to know of it.</summary>
/// <param name="Key">Where its answer is cached.</param>
/// <param name="Deadline">When nobody waits any more.</param>
/// <param name="Lifetime">How long the answer lives.</param>
/// <param name="Type">The answer's JSON.</param>
/// <param name="Completed">The event that tells of it; null where none does.</param>
internal sealed record Question<TAnswer>(CacheKey Key, Deadline Deadline, TimeSpan Lifetime, JsonTypeInfo<TAnswer> Type, Func<TAnswer, object>? Completed);
