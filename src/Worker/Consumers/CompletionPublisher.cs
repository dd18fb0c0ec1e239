using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Storage;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Tells of computed answers: subscribers by an event, and the database by a record, which goes to an exchange of its own. An event is tried once: a subscriber
/// whose queue rejects it costs only itself. A record is repeated until it is taken. What tells of a durable request is confirmed before the request is
/// acknowledged; what tells of an interactive one goes out after its reply and holds no slot.
/// </summary>
internal sealed partial class CompletionPublisher(
    IBus bus, WorkerRoles roles, Conditions conditions, TimeProvider time, ILogger<CompletionPublisher> logger) :
        IHostedLifecycleService,
        IAsyncDisposable
{
    /// <summary>CompletionPublisher of interactive answers that wait at most. Later ones are lost, and counted.</summary>
    public const int MaxWaiting = 10_000;

    private const string ConditionName = "records";

    private static readonly Uri Records = Endpoints.Address(Endpoints.PredictionRecords);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Less than what the host has for its end beyond the bus's own.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(3);

    // Without a database of its own a worker cannot know whether any worker takes records.
    private readonly bool _writesRecords = roles.Writes;
    private readonly SemaphoreSlim _eventSlots = new(Interactive.Slots);
    private readonly SemaphoreSlim _recordSlots = new(Interactive.Slots);
    private readonly CancellationTokenSource _ended = new();
    private readonly OncePerMinute _rejected = new(time);
    private readonly OncePerMinute _lost = new(time);
    private TaskCompletionSource? _drained;
    private volatile bool _isStopping;
    private volatile bool _isNoted;
    private int _waiting;

    /// <summary>Tells of the answer of a durable request; returns when the record is taken, and the event confirmed or rejected.</summary>
    /// <exception cref="StillUnavailableException">The records' queue was full for as long as a message is kept.</exception>
    public async Task TellAsync(ConsumeContext context, object completed, ReadOnlyMemory<byte> answerJson)
    {
        var origin = Origin.Of(context, answerJson);
        if (completed is PredictionCompleted prediction)
        {
            await RecordAsync(
                origin,
                prediction,
                () => context.ReceiveContext.ElapsedTime < RetryUntilAvailable.Limit,
                isAwayRepeated: false,
                context.CancellationToken);
        }

        await PublishAsync(origin, completed, context.CancellationToken);
    }

    /// <summary>
    /// Tells of the answer of an interactive request. While the host stops this returns when it is told, since the bus waits for its consumers only.
    /// </summary>
    public Task TellLaterAsync(ConsumeContext context, object completed, ReadOnlyMemory<byte> answerJson)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            EndOne();
            Meters.EventLost();
            if (completed is PredictionCompleted)
            {
                Meters.RecordLost();
            }

            Lose(new InvalidOperationException($"{MaxWaiting} announcements wait already"), completed);
            return Task.CompletedTask;
        }

        var told = TellInBackgroundAsync(Origin.Of(context, answerJson), completed);
        return _isStopping ? told : Task.CompletedTask;
    }

    /// <summary>Waits until nothing waits any more.</summary>
    public Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        drained = Interlocked.CompareExchange(ref _drained, drained, null) ?? drained;
        if (Volatile.Read(ref _waiting) == 0)
        {
            Drained();
        }

        return drained.Task;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _isStopping = true;
        await DrainAsync().WaitAsync(DrainLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Each of those that come yet is tried once.
        await _ended.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync() => await _ended.CancelAsync();

    private async Task TellInBackgroundAsync(Origin origin, object completed)
    {
        try
        {
            var told = TellSubscribersAsync(origin, completed);
            if (completed is PredictionCompleted prediction)
            {
                await KeepRecordAsync(origin, prediction);
            }

            await told;
        }
        finally
        {
            EndOne();
        }
    }

    private async Task TellSubscribersAsync(Origin origin, object completed)
    {
        await _eventSlots.WaitAsync();
        try
        {
            await PublishAsync(origin, completed, CancellationToken.None);
        }
        catch (Exception failure)
        {
            Meters.EventLost();
            Lose(failure, completed);
        }
        finally
        {
            _eventSlots.Release();
        }
    }

    private async Task KeepRecordAsync(Origin origin, PredictionCompleted prediction)
    {
        await _recordSlots.WaitAsync();
        try
        {
            await RecordAsync(origin, prediction, () => !_ended.IsCancellationRequested, isAwayRepeated: true, _ended.Token);
        }
        catch (Exception failure)
        {
            Meters.RecordLost();
            Lose(failure, prediction);
        }
        finally
        {
            _recordSlots.Release();
        }
    }

    private async Task RecordAsync(Origin origin, PredictionCompleted prediction, Func<bool> mayRepeat, bool isAwayRepeated, CancellationToken waiting)
    {
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await BoundedAsync(
                    async stop => await (await bus.GetSendEndpoint(Records)).Send<PredictionCompleted>(prediction, send => origin.Apply(send), stop),
                    CancellationToken.None);
                Clear();
                return;
            }
            catch (Exception failure) when (failure.IsRejection() || isAwayRepeated)
            {
                if (!_writesRecords && failure.IsRejection())
                {
                    Meters.RecordLost();
                    Lose(failure, prediction);
                    return;
                }

                if (!mayRepeat())
                {
                    throw new StillUnavailableException(
                        $"the queue {Endpoints.PredictionRecords} does not take the record of {prediction.Answer.PredictionId}",
                        failure);
                }

                Note(failure.IsRejection());
            }

            await Task.Delay(pause, time, waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!isAwayRepeated)
            {
                // A durable request is delivered again.
                waiting.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task PublishAsync(Origin origin, object completed, CancellationToken cancellationToken)
    {
        try
        {
            await BoundedAsync(stop => bus.Publish(completed, (PublishContext publish) => origin.Apply(publish), stop), cancellationToken);
        }
        catch (Exception failure) when (failure.IsRejection())
        {
            Meters.EventRejected();
            if (_rejected.Count() is { } times)
            {
                LogRejected(completed.GetType().Name, times);
            }
        }
    }

    // What a broker that went away was to confirm is never confirmed.
    private async Task BoundedAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await send(stop.Token).WaitAsync(ReplySending.Limit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private void Note(bool isRejected)
    {
        _isNoted = true;
        conditions.Note(ConditionName, isRejected
            ? $"the queue {Endpoints.PredictionRecords} is full: records of predictions wait in the worker"
            : "the broker does not confirm records of predictions: they wait in the worker");
    }

    private void Clear()
    {
        if (_isNoted)
        {
            _isNoted = false;
            conditions.Clear(ConditionName);
        }
    }

    private void Lose(Exception failure, object completed)
    {
        if (_lost.Count() is { } times)
        {
            LogLost(completed.GetType().Name, times, failure.Message);
        }
    }

    private void EndOne()
    {
        if (Interlocked.Decrement(ref _waiting) == 0)
        {
            Drained();
        }
    }

    private void Drained() => Interlocked.Exchange(ref _drained, null)?.TrySetResult();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Event} was rejected by a subscriber's full queue, {Times} times since this was last told")]
    private partial void LogRejected(string @event, int times);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Event} of an interactive answer, or its record, was lost, {Times} times since this was last told: {Reason}")]
    private partial void LogLost(string @event, int times, string reason);

    /// <summary>Which request an announcement tells of, so that its context need not outlive it, and what writes it.</summary>
    private readonly record struct Origin(Guid? ConversationId, Uri InputAddress, WrittenMessage Written)
    {
        public static Origin Of(ConsumeContext context, ReadOnlyMemory<byte> answerJson) =>
            new(context.ConversationId, context.ReceiveContext.InputAddress, new WrittenMessage(new WrittenEvent(new WrittenJson(answerJson))));

        public void Apply(SendContext send) => (send.ConversationId, send.SourceAddress, send.Serializer) = (ConversationId, InputAddress, Written);
    }
}
