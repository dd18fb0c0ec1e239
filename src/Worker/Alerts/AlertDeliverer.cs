using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.Events;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// Delivers alerts from their table: publishes each to the bus, confirmed, and posts it to its rule's webhook. Each try is counted in the table first, so
/// that one worker makes it; where that one dies, another repeats it with the same id.
/// </summary>
internal sealed partial class AlertDeliverer(
    DeliveryStore store, WebhookSender webhooks, PlainEvents plainEvents, DeliverySignal signal, IRecordsDatabase database, IBusControl bus,
    IHostApplicationLifetime lifetime, Conditions conditions, TimeProvider time, ILogger<AlertDeliverer> logger) : BackgroundService
{
    private const string ParkedName = "alert-webhooks";
    private const int Together = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ParkedInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForStartAsync(lifetime, stoppingToken);
        await database.WaitUntilReadyAsync(stoppingToken);
        var countedAt = 0L;
        while (true)
        {
            try
            {
                while (await DeliverDueAsync(stoppingToken) == DeliveryStore.MaxTogether)
                {
                }

                if (countedAt == 0 || time.GetElapsedTime(countedAt) >= ParkedInterval)
                {
                    countedAt = time.GetTimestamp();
                    await NoteParkedAsync(stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                if (database.IsUnavailable(failure))
                {
                    LogDatabase(failure.Message);
                }
                else
                {
                    LogFailed(failure);
                }
            }

            await signal.WaitAsync(Interval, stoppingToken);
        }
    }

    /// <summary>Tries everything that is due.</summary>
    /// <returns>How many deliveries were due.</returns>
    public async Task<int> DeliverDueAsync(CancellationToken cancellationToken)
    {
        var due = await store.DueAsync(time.GetUtcNow(), cancellationToken);
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellationToken },
            async (delivery, stop) => await TryAsync(delivery, stop));
        return due.Count;
    }

    private async Task TryAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (!await store.TakeAsync(delivery, time.GetUtcNow(), cancellationToken))
        {
            return;
        }

        if (delivery.Target == Delivery.Bus)
        {
            await PublishAsync(delivery, cancellationToken);
        }
        else if (delivery is { Url: { } url, Secret: { } secret })
        {
            await PostAsync(delivery, url, secret, cancellationToken);
        }
        else
        {
            await store.EndAsync(delivery, Delivery.Parked, time.GetUtcNow(), "the rule has no webhook any more", cancellationToken);
        }
    }

    private async Task PublishAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            var alert = JsonSerializer.Deserialize(delivery.Body, ContractsJson.Body.Alert)!;
            await Task.WhenAll(bus.Publish(new AlertRaised(alert), cancellationToken), plainEvents.PublishAsync(alert, cancellationToken))
                .WaitAsync(ConfirmLimit, time, cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The broker is away, or a subscriber's queue is full. Tried after the lease, for as long as the alert is kept.
            LogNotPublished(failure, delivery.AlertId);
            return;
        }

        await store.EndAsync(delivery, Delivery.Delivered, time.GetUtcNow(), null, cancellationToken);
    }

    private async Task PostAsync(Delivery delivery, string url, string secret, CancellationToken cancellationToken)
    {
        var result = await webhooks.PostAsync(url, secret, delivery.AlertId, WebhookEvent.OfAlert(delivery.Body), cancellationToken);
        var now = time.GetUtcNow();
        if (result.Error is not { } error)
        {
            Meters.WebhookPosted("delivered");
            LogPosted(delivery.AlertId, delivery.RuleId, delivery.Tries + 1, result.Duration.TotalMilliseconds);
            await store.EndAsync(delivery, Delivery.Delivered, now, null, cancellationToken);
        }
        else if (result.IsGone)
        {
            Meters.WebhookPosted("parked");
            LogParked(delivery.AlertId, delivery.RuleId, error);
            await store.StopAsync(delivery, error, cancellationToken);
            await NoteParkedAsync(cancellationToken);
        }
        else if (RetrySchedule.Next(
            delivery.Tries + 1, DateTimeOffset.FromUnixTimeMilliseconds(delivery.CreatedAt), now, result.RetryAfter, Random.Shared.NextDouble()) is { } next)
        {
            Meters.WebhookPosted("failed");
            LogNotPosted(delivery.AlertId, delivery.RuleId, delivery.Tries + 1, error, next);
            await store.EndAsync(delivery, Delivery.Waiting, next, error, cancellationToken);
        }
        else
        {
            Meters.WebhookPosted("parked");
            LogParked(delivery.AlertId, delivery.RuleId, error);
            await store.EndAsync(delivery, Delivery.Parked, now, error, cancellationToken);
            await NoteParkedAsync(cancellationToken);
        }
    }

    private async Task NoteParkedAsync(CancellationToken cancellationToken)
    {
        var (parked, error) = await store.ParkedAsync(cancellationToken);
        Meters.WebhooksParked(parked);
        if (parked == 0)
        {
            conditions.Clear(ParkedName);
        }
        else
        {
            conditions.Note(ParkedName, $"{parked} alerts could not be posted and are parked, such as: {error}; put the rule again to retry");
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Posted alert {AlertId} of rule {Rule} at try {Try} in {Milliseconds:0} ms")]
    private partial void LogPosted(string alertId, string rule, long @try, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert {AlertId} of rule {Rule} was not posted at try {Try}: {Reason}; next at {Next:O}")]
    private partial void LogNotPosted(string alertId, string rule, long @try, string reason, DateTimeOffset next);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert {AlertId} of rule {Rule} is parked: {Reason}")]
    private partial void LogParked(string alertId, string rule, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert {AlertId} was not published; it is tried again")]
    private partial void LogNotPublished(Exception exception, string alertId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alerts could not be delivered")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Deliveries could not be read or written: {Reason}")]
    private partial void LogDatabase(string reason);
}
