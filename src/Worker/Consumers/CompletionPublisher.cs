using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Events;
using Coinsphere.Messaging.Worker.Serving;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Consumers;

/// <summary>
/// Publishes computed answers: an event for subscribers, in the bus's envelope and as plain JSON, and a record for the database, which goes to an exchange of
/// its own. An event is tried once: a subscriber whose queue rejects it loses only its own copy. A record is retried until it is confirmed. For a durable
/// request all are confirmed before the request is acknowledged; for an interactive request they are sent after the reply, and hold no slot of the endpoint.
/// </summary>
internal sealed partial class CompletionPublisher(
    IBus bus, PlainEvents plainEvents, WorkerRoles roles, Conditions conditions, TimeProvider time, ILogger<CompletionPublisher> logger) :
        IHostedLifecycleService,
        IAsyncDisposable
{
    /// <summary>The most interactive answers that may wait to be published. Later ones are lost, and counted.</summary>
    public const int MaxWaiting = 10_000;

    private const string ConditionName = "records";

    private static readonly Uri Records = Endpoints.Address(Endpoints.PredictionRecords);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Less than the host's shutdown time beyond the bus's own.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(3);

    // A worker without a database cannot know whether another worker consumes records.
    private readonly bool _writesRecords = roles.KeepsRecords;
    private readonly SemaphoreSlim _eventSlots = new(Interactive.Slots);
    private readonly SemaphoreSlim _recordSlots = new(Interactive.Slots);
    private readonly CancellationTokenSource _ended = new();
    private readonly OncePerMinute _rejected = new(time);
    private readonly OncePerMinute _lost = new(time);
    private TaskCompletionSource? _drained;
    private volatile bool _isStopping;
    private volatile bool _isNoted;
    private int _waiting;

    /// <summary>Publishes the answer of a durable request. Returns when the record is confirmed, and the event confirmed or rejected.</summary>
    /// <exception cref="StillUnavailableException">The queue of records was full for as long as a message may be retried.</exception>
    public async Task PublishAsync(ConsumeContext context, object completed, DateOnly? asOf, ReadOnlyMemory<byte> answerJson)
    {
        var origin = CompletionOrigin.Of(context, completed, asOf, answerJson);
        if (completed is PredictionCompleted prediction)
        {
            await SendRecordAsync(
                origin,
                prediction,
                () => context.ReceiveContext.ElapsedTime < RetryUntilAvailable.Limit,
                retriesWithoutBroker: false,
                context.CancellationToken);
        }

        await PublishEventAsync(origin, completed, context.CancellationToken);
    }

    /// <summary>
    /// Publishes the answer of an interactive request in the background. While the host stops, it returns only when all is published, since the bus
    /// waits for its consumers only.
    /// </summary>
    public Task PublishLaterAsync(ConsumeContext context, object completed, DateOnly? asOf, ReadOnlyMemory<byte> answerJson)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            CompleteOne();
            Meters.EventLost();
            if (completed is PredictionCompleted)
            {
                Meters.RecordLost();
            }

            Lose(new InvalidOperationException($"{MaxWaiting} answers already wait to be published"), completed);
            return Task.CompletedTask;
        }

        var publishing = PublishInBackgroundAsync(CompletionOrigin.Of(context, completed, asOf, answerJson), completed);
        return _isStopping ? publishing : Task.CompletedTask;
    }

    /// <summary>Waits until no answer waits to be published.</summary>
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
        // Answers that come later are tried once.
        await _ended.CancelAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync() => await _ended.CancelAsync();

    private async Task PublishInBackgroundAsync(CompletionOrigin origin, object completed)
    {
        try
        {
            var publishing = TryPublishEventAsync(origin, completed);
            if (completed is PredictionCompleted prediction)
            {
                await TrySendRecordAsync(origin, prediction);
            }

            await publishing;
        }
        finally
        {
            CompleteOne();
        }
    }

    private async Task TryPublishEventAsync(CompletionOrigin origin, object completed)
    {
        await _eventSlots.WaitAsync();
        try
        {
            await PublishEventAsync(origin, completed, CancellationToken.None);
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

    private async Task TrySendRecordAsync(CompletionOrigin origin, PredictionCompleted prediction)
    {
        await _recordSlots.WaitAsync();
        try
        {
            await SendRecordAsync(origin, prediction, () => !_ended.IsCancellationRequested, retriesWithoutBroker: true, _ended.Token);
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

    private async Task SendRecordAsync(
        CompletionOrigin origin, PredictionCompleted prediction, Func<bool> mayRetry, bool retriesWithoutBroker, CancellationToken waiting)
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
            catch (Exception failure) when (failure.IsRejection() || retriesWithoutBroker)
            {
                if (!_writesRecords && failure.IsRejection())
                {
                    Meters.RecordLost();
                    Lose(failure, prediction);
                    return;
                }

                if (!mayRetry())
                {
                    throw new StillUnavailableException(
                        $"the queue {Endpoints.PredictionRecords} does not take the record of {prediction.Answer.PredictionId}",
                        failure);
                }

                Note(failure.IsRejection());
            }

            await Task.Delay(pause, time, waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!retriesWithoutBroker)
            {
                // A durable request is delivered again.
                waiting.ThrowIfCancellationRequested();
            }
        }
    }

    // One form is published whatever becomes of the other.
    private Task PublishEventAsync(CompletionOrigin origin, object completed, CancellationToken cancellationToken) => Task.WhenAll(
        TryOnceAsync(completed, stop => bus.Publish(completed, (PublishContext publish) => origin.Apply(publish), stop), cancellationToken),
        origin.Plain is { } plain
            ? TryOnceAsync(completed, stop => plainEvents.PublishAsync(plain, stop), cancellationToken)
            : Task.CompletedTask);

    private async Task TryOnceAsync(object completed, Func<CancellationToken, Task> publish, CancellationToken cancellationToken)
    {
        try
        {
            await BoundedAsync(publish, cancellationToken);
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

    // A connection that was lost confirms nothing any more.
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
            ? $"the queue {Endpoints.PredictionRecords} is full: the worker keeps records of predictions and retries"
            : "the broker does not confirm records of predictions: the worker keeps them and retries");
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

    private void CompleteOne()
    {
        if (Interlocked.Decrement(ref _waiting) == 0)
        {
            Drained();
        }
    }

    private void Drained() => Interlocked.Exchange(ref _drained, null)?.TrySetResult();

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Event} was rejected by a subscriber's full queue, {Times} times since the last log line")]
    private partial void LogRejected(string @event, int times);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "{Event} of an interactive answer, or its record, was lost, {Times} times since the last log line: {Reason}")]
    private partial void LogLost(string @event, int times, string reason);
}
