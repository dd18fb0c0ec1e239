using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Answering;

/// <summary>The way of every question through a worker: drop it where nobody waits any more, compute, reply, keep the answer, tell the world.</summary>
internal sealed partial class Answerer(IResultCache cache, IBus bus, TimeProvider time, ILogger<Answerer> logger)
{
    // A broker that is away never confirms.
    private static readonly TimeSpan TellLimit = TimeSpan.FromSeconds(5);

    public async Task AnswerAsync<TAnswer>(ConsumeContext context, Question<TAnswer> question, Func<CancellationToken, Task<Outcome<TAnswer>>> compute)
        where TAnswer : class
    {
        var started = time.GetTimestamp();
        // Read before any input, so that an answer made from what changes meanwhile is never served.
        var epoch = await cache.EpochAsync(question.Key.Symbol, context.CancellationToken);
        var outcome = question.Deadline.HasPassed(time) ? Deadline.Exceeded : await compute(context.CancellationToken);
        if (outcome.IsRefused)
        {
            await RefuseAsync(context, question.Key.Text, outcome.Refusal);
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(outcome.Answer, question.Type);
        var stored = cache.StoreAsync(question.Key, epoch, body, question.Lifetime, CancellationToken.None);
        await context.ReplyAsync(outcome.Answer);
        await stored;
        if (question.Completed is { } completed)
            await TellAsync(context, completed(outcome.Answer), question.MustTell);
        var elapsed = time.GetElapsedTime(started);
        LogAnswered(question.Key.Text, elapsed.TotalMilliseconds);
    }

    /// <summary>Replies that a request gets no answer.</summary>
    public Task RefuseAsync(ConsumeContext context, string question, RequestRefused refusal)
    {
        LogRefused(question, refusal.Reason, refusal.Detail);
        return context.ReplyAsync(refusal);
    }

    private async Task TellAsync(ConsumeContext context, object completed, bool mustTell)
    {
        if (mustTell)
        {
            await context.Publish(completed, context.CancellationToken);
            return;
        }

        using var limit = new CancellationTokenSource(TellLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.CancellationToken);
        try
        {
            // Not through the context: it waits for all that is published through it, and fails with it.
            await bus.Publish(completed, publish => publish.ConversationId = context.ConversationId, either.Token).WaitAsync(either.Token);
        }
        catch (Exception failure)
        {
            // The reply is out: failing now would compute and reply again.
            LostRecords.Count(completed.GetType().Name);
            LogLost(failure, completed.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A {Event} is lost, its answer was sent but the event could not be published")]
    private partial void LogLost(Exception exception, string @event);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Answered {Question} in {Milliseconds:0.00} ms")]
    private partial void LogAnswered(string question, double milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Question}: {Reason}, {Detail}")]
    private partial void LogRefused(string question, RefusalReason reason, string detail);
}

/// <summary>What the way of a question needs to know of it.</summary>
/// <param name="Key">Where its answer is cached.</param>
/// <param name="Deadline">When nobody waits any more.</param>
/// <param name="Lifetime">How long the answer lives.</param>
/// <param name="Type">The answer's JSON.</param>
/// <param name="Completed">The event that tells of it; null where none does.</param>
/// <param name="MustTell">
/// Whether the request is to fail, and so to come again, where that event cannot be published: on a durable endpoint. Where somebody waits,
/// the event is best effort after the reply, and losses are counted.
/// </param>
internal sealed record Question<TAnswer>(
    CacheKey Key, Deadline Deadline, TimeSpan Lifetime, JsonTypeInfo<TAnswer> Type, Func<TAnswer, object>? Completed, bool MustTell = false);
