using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// What every question goes through: it is dropped when its deadline has passed, computed once for all who ask the same, answered, cached, and published.
/// </summary>
internal sealed partial class AnswerPipeline(
    IResultCache cache,
    SingleFlight flights,
    Replies replies,
    RefusalLog refusals,
    CompletionPublisher completions,
    TimeProvider time,
    ILogger<AnswerPipeline> logger)
{
    public async Task AnswerAsync<TAnswer>(
        ConsumeContext context, Question<TAnswer> question, Func<CacheVersion, SharedDeadline, CancellationToken, Task<Result<TAnswer>>> compute)
        where TAnswer : class
    {
        using var stage = Stages.Answer();
        var deadline = question.Deadline;
        if (deadline.HasPassed(time))
        {
            await RefuseAsync(context, question.Key.Text, Deadline.Exceeded);
            return;
        }

        var started = time.GetTimestamp();
        // Read before any input, so that an answer made from what changes meanwhile is never served.
        var version = await cache.VersionAsync(question.Key.Symbol, context.CancellationToken);
        var (result, isFirst) = await flights.AskAsync(
            question.Key.Text, version, deadline, (shared, stop) => ReadOrComputeAsync(question, version, compute, shared, stop), context.CancellationToken);
        if (result.IsRefused)
        {
            if (result.Refusal.Reason == RefusalReason.CheckpointRejected && !question.IsAwaited && question.IsUnsettled?.Invoke() == true)
            {
                throw new CheckpointUnsettledException(result.Refusal.Detail);
            }

            await RefuseAsync(context, question.Key.Text, result.Refusal);
            return;
        }

        var (answer, body, isNew, stored) = result.Answer;
        await replies.AnswerAsync(context, answer, body);
        await stored;
        // One event tells of one computation. Who gets no reply hears of it by an event of its own, and a durable request, which must not
        // be acknowledged without one, does not rely on an interactive one's that may be lost.
        if (question.Completed is { } completed && ((isNew && isFirst) || !(question.IsAwaited && Replies.IsAwaited(context))))
        {
            var told = completed(answer);
            await (question.IsAwaited ? completions.TellLaterAsync(context, told, body) : completions.TellAsync(context, told, body));
        }

        var elapsed = time.GetElapsedTime(started);
        LogAnswered(question.Key.Text, elapsed.TotalMilliseconds);
    }

    /// <summary>Replies that a request gets no answer.</summary>
    public Task RefuseAsync(ConsumeContext context, string question, RequestRefused refusal)
    {
        Meters.Refused(refusal.Reason);
        if (refusal.Reason == RefusalReason.DeadlineExceeded)
        {
            Meters.Expired();
        }

        refusals.Refused(question, refusal, RequestIds.Of(context));
        return replies.RefuseAsync(context, refusal);
    }

    // Requests that were sent before the first of them was answered come after it: they find its answer.
    private async Task<Result<Computed<TAnswer>>> ReadOrComputeAsync<TAnswer>(
        Question<TAnswer> question,
        CacheVersion version,
        Func<CacheVersion, SharedDeadline, CancellationToken, Task<Result<TAnswer>>> compute,
        SharedDeadline deadline,
        CancellationToken stop)
        where TAnswer : class
    {
        ReadOnlyMemory<byte>? stored;
        using (Stages.Cache())
        {
            stored = await cache.ReadAsync(question.Key, stop);
        }

        if (stored is { } found && Read(question.Type, found) is { } known)
        {
            return new Computed<TAnswer>(known, found, IsNew: false, Task.CompletedTask);
        }

        var began = time.GetUtcNow();
        var result = deadline.HasPassed(time) ? Deadline.Exceeded : await ComputeAsync();
        if (result.IsRefused)
        {
            return result.Refusal;
        }

        var lifetime = question.EndsAt(began) - time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(result.Answer, question.Type);
        var storing = cache.StoreAsync(question.Key, version, body, lifetime, CancellationToken.None);
        return new Computed<TAnswer>(result.Answer, body, IsNew: true, storing.AsTask());

        async Task<Result<TAnswer>> ComputeAsync()
        {
            try
            {
                return await compute(version, deadline, stop);
            }
            catch (CheckpointException fault)
            {
                // Bars may come that a model makes no numbers of, though it did of those it was tried on.
                return new RequestRefused(RefusalReason.CheckpointRejected, fault.Message);
            }
        }
    }

    private TAnswer? Read<TAnswer>(JsonTypeInfo<TAnswer> type, ReadOnlyMemory<byte> body) where TAnswer : class
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type);
        }
        catch (JsonException fault)
        {
            // Somebody else wrote it. Computing anew overwrites it.
            LogNoAnswer(fault, typeof(TAnswer).Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Answered {Question} in {Milliseconds:0.00} ms")]
    private partial void LogAnswered(string question, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result cache holds something that is no {Answer}")]
    private partial void LogNoAnswer(Exception exception, string answer);
}

/// <summary>A durable request meets a checkpoint that may be in the middle of being written: it is kept until the file has been bad for a while.</summary>
internal sealed class CheckpointUnsettledException(string detail) : Exception(detail);

/// <summary>What the way of a question needs to know of it.</summary>
/// <param name="Key">Where its answer is cached.</param>
/// <param name="AsOf">The day it is asked for; null: now.</param>
/// <param name="Deadline">When nobody waits any more.</param>
/// <param name="Lifetime">How long the answer lives.</param>
/// <param name="Type">The answer's JSON.</param>
/// <param name="Completed">The event that tells of it; null where none does.</param>
internal sealed record Question<TAnswer>(
    CacheKey Key, DateOnly? AsOf, Deadline Deadline, TimeSpan Lifetime, JsonTypeInfo<TAnswer> Type, Func<TAnswer, object>? Completed)
{
    /// <summary>Whether its sender waits for the answer. A sender of the durable endpoint publishes and does not.</summary>
    public required bool IsAwaited { get; init; }

    /// <summary>
    /// Whether a checkpoint that is refused for may be a good one in a moment, so that a durable request waits for it; null where none is asked.
    /// </summary>
    public Func<bool>? IsUnsettled { get; init; }

    /// <summary>
    /// When an answer whose computation began then is no longer served: its lifetime later, or when the day's bar closes and can be the last one used.
    /// </summary>
    public DateTimeOffset EndsAt(DateTimeOffset began)
    {
        var today = DateOnly.FromDateTime(began.UtcDateTime);
        var end = began + Lifetime;
        var midnight = new DateTimeOffset(today.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return AsOf < today || end < midnight ? end : midnight;
    }
}

/// <summary>An answer and its JSON, whether it was computed just now, and the task that stores it.</summary>
internal sealed record Computed<TAnswer>(TAnswer Answer, ReadOnlyMemory<byte> Body, bool IsNew, Task Stored) where TAnswer : class;
