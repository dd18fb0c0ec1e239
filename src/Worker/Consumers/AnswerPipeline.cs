using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// The request pipeline, the same for every question: refuse an expired request, compute once for all who ask the same, reply, store the answer in
/// the result cache, publish the event.
/// </summary>
internal sealed partial class AnswerPipeline(
    IResultCache cache,
    CacheVersions versions,
    IOptions<CacheOptions> options,
    SingleFlight singleFlight,
    Replies replies,
    RefusalLog refusals,
    CompletionPublisher publisher,
    TimeProvider time,
    ILogger<AnswerPipeline> logger)
{
    private readonly ScheduledRefusals _scheduled = new();

    public async Task AnswerAsync<TAnswer>(
        ConsumeContext context, Question<TAnswer> question, Func<CacheVersion, SharedDeadline, CancellationToken, Task<Result<TAnswer>>> compute)
        where TAnswer : class
    {
        using var stage = Stages.Answer();
        var deadline = question.Deadline;
        if (deadline.HasPassed(time))
        {
            await RefuseAsync(context, question.Key, Deadline.Exceeded);
            return;
        }

        var started = time.GetTimestamp();
        // Read before any input: an answer made from inputs that change meanwhile gets an old version, and is never served.
        var version = await versions.OfAsync(question.Key.Symbol, context.CancellationToken);
        var mayStay = context.Headers.Get<string>(Endpoints.NotCachedHeader) is null;
        var (result, isFirst) = await singleFlight.AskAsync(
            question.Key.Text, version, deadline,
            (shared, stop) => ReadOrComputeAsync(question, version, mayStay, compute, shared, stop), context.CancellationToken);
        if (result.IsRefused)
        {
            if (result.Refusal.Reason == RefusalReason.CheckpointRejected && !question.IsAwaited && question.IsUnsettled?.Invoke() == true)
            {
                throw new CheckpointUnsettledException(result.Refusal.Detail);
            }

            await RefuseAsync(context, question.Key, result.Refusal);
            return;
        }

        var (answer, body, isNew, stored) = result.Answer;
        await (question.ForCaller is { } complete ? ReplyAsync(context, complete(answer), question.Type) : replies.AnswerAsync(context, answer, body));
        await stored;
        // One event is published per computation. A request without a reply gets an event of its own. So does a durable request: it must not be
        // acknowledged without an event, and the event of an interactive request may be lost. A scheduled request has no sender that misses one.
        var isOwed = !(question.IsAwaited && Replies.IsAwaited(context)) && !ScheduledRefusals.IsFirstTry(context);
        if (question.Completed is { } completed && ((isNew && isFirst) || isOwed))
        {
            var published = completed(answer);
            await (question.IsAwaited
                ? publisher.PublishLaterAsync(context, published, question.AsOf, body)
                : publisher.PublishAsync(context, published, question.AsOf, body));
        }

        var elapsed = time.GetElapsedTime(started);
        LogAnswered(question.Key.Text, elapsed.TotalMilliseconds);
    }

    /// <summary>Replies with a refusal.</summary>
    public Task RefuseAsync(ConsumeContext context, string question, RequestRefused refusal) => RefuseAsync(context, question, refusal, isToLog: true);

    private Task RefuseAsync(ConsumeContext context, CacheKey question, RequestRefused refusal) =>
        RefuseAsync(context, question.Text, refusal, _scheduled.IsToLog(context, question.Symbol, refusal.Reason));

    private Task RefuseAsync(ConsumeContext context, string question, RequestRefused refusal, bool isToLog)
    {
        Meters.Refused(refusal.Reason);
        if (refusal.Reason == RefusalReason.DeadlineExceeded)
        {
            Meters.Expired();
        }

        if (ScheduledRefusals.RunOf(context) is not null)
        {
            Meters.ScheduledRefused(refusal.Reason);
        }

        if (isToLog)
        {
            refusals.Refused(question, refusal, RequestIds.Of(context));
        }

        return replies.RefuseAsync(context, refusal);
    }

    private Task ReplyAsync<TAnswer>(ConsumeContext context, TAnswer answer, JsonTypeInfo<TAnswer> type) where TAnswer : class =>
        replies.AnswerAsync(context, answer, JsonSerializer.SerializeToUtf8Bytes(answer, type));

    // Identical requests that arrive after the first was answered find its answer in the cache.
    private async Task<Result<Computed<TAnswer>>> ReadOrComputeAsync<TAnswer>(
        Question<TAnswer> question,
        CacheVersion version,
        bool mayStay,
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

        var lifetime = question.EndsAt(began, TimeSpan.FromSeconds(options.Value.PastSeconds)) - time.GetUtcNow();
        var body = JsonSerializer.SerializeToUtf8Bytes(result.Answer, question.Type);
        var storing = mayStay ? cache.StoreAsync(question.Key, version, body, lifetime, CancellationToken.None) : ValueTask.CompletedTask;
        return new Computed<TAnswer>(result.Answer, body, IsNew: true, storing.AsTask());

        async Task<Result<TAnswer>> ComputeAsync()
        {
            try
            {
                return await compute(version, deadline, stop);
            }
            catch (CheckpointException fault)
            {
                // A model that passed its trial run may still compute no number from newer bars.
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
            // Another program wrote it. The answer is computed anew and overwrites it.
            LogInvalidEntry(fault, typeof(TAnswer).Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Answered {Question} in {Milliseconds:0.00} ms")]
    private partial void LogAnswered(string question, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The result cache holds a value that is not a valid {Answer}; the answer is computed anew")]
    private partial void LogInvalidEntry(Exception exception, string answer);
}

/// <summary>A durable request met a checkpoint that may still be being written. The request is retried until the file has been invalid for a while.</summary>
internal sealed class CheckpointUnsettledException(string detail) : Exception(detail);

/// <summary>What the pipeline needs to know of a question.</summary>
/// <param name="Key">The key of its answer in the result cache.</param>
/// <param name="AsOf">The day the question is about; null means now.</param>
/// <param name="Deadline">When the caller stops waiting.</param>
/// <param name="Lifetime">How long the answer stays in the cache.</param>
/// <param name="Type">The JSON type of the answer.</param>
/// <param name="Completed">Makes the event of an answer; null where none is published.</param>
internal sealed record Question<TAnswer>(
    CacheKey Key, DateOnly? AsOf, Deadline Deadline, TimeSpan Lifetime, JsonTypeInfo<TAnswer> Type, Func<TAnswer, object>? Completed)
{
    /// <summary>Whether its sender waits for the answer. A sender of the durable endpoint publishes and does not.</summary>
    public required bool IsAwaited { get; init; }

    /// <summary>
    /// Whether a rejected checkpoint may soon be valid, because its file may still be being written. A durable request then waits. Null where the
    /// question does not wait.
    /// </summary>
    public Func<bool>? IsUnsettled { get; init; }

    /// <summary>
    /// Adds to an answer what is for this caller alone. The cache, the event and other callers get the answer without it. Null where there is nothing to add.
    /// </summary>
    public Func<TAnswer, TAnswer>? ForCaller { get; init; }

    /// <summary>
    /// Until when an answer is served: for its lifetime after its computation began, but at most until midnight UTC where the bar that closes then
    /// could change the answer. An answer about a past day is served for a shorter time: there are many of them.
    /// </summary>
    public DateTimeOffset EndsAt(DateTimeOffset began, TimeSpan pastLifetime)
    {
        var today = DateOnly.FromDateTime(began.UtcDateTime);
        var end = began + (AsOf < today && pastLifetime < Lifetime ? pastLifetime : Lifetime);
        var midnight = new DateTimeOffset(today.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        return AsOf < today || end < midnight ? end : midnight;
    }
}

/// <summary>An answer and its JSON, whether it was computed just now, and the task that stores it.</summary>
internal sealed record Computed<TAnswer>(TAnswer Answer, ReadOnlyMemory<byte> Body, bool IsNew, Task Stored) where TAnswer : class;
