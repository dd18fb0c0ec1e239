using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Models;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Requests the training of all symbols once a week. Each trainer requests it; a symbol that another trainer has trained since the scheduled hour is
/// skipped.
/// </summary>
internal sealed partial class RetrainSchedule(
    IBusControl bus,
    CheckpointFolder folder,
    Promotion promotion,
    SymbolCatalog catalog,
    IOptions<RetrainingOptions> options,
    TimeProvider time,
    ILogger<RetrainSchedule> logger) : BackgroundService
{
    // No longer timers, so that a corrected clock is noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    /// <summary>The first scheduled time after an instant.</summary>
    public static DateTimeOffset Next(DateTimeOffset after, DayOfWeek day, TimeOnly at)
    {
        var today = DateOnly.FromDateTime(after.UtcDateTime);
        var next = new DateTimeOffset(today.AddDays(((int)day - (int)today.DayOfWeek + 7) % 7).ToDateTime(at), TimeSpan.Zero);
        return next > after ? next : next.AddDays(7);
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        folder.RequireWritable();
        promotion.CompleteAll([.. catalog.Supported, CheckpointFolder.Pooled]);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var next = Next(time.GetUtcNow(), options.Value.Day, options.Value.At);
        while (true)
        {
            var left = next - time.GetUtcNow();
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left < LongestWait ? left : LongestWait, time, stoppingToken);
            }
            else if (await TryAskAsync(next, stoppingToken))
            {
                next = Next(next, options.Value.Day, options.Value.At);
            }
            else
            {
                await Task.Delay(Again, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TryAskAsync(DateTimeOffset hour, CancellationToken stoppingToken)
    {
        try
        {
            await bus.Publish(new RetrainRequested(null, "weekly", hour), context => CallerHeader.Set(context, "weekly schedule"), stoppingToken)
                .WaitAsync(Again, time, stoppingToken);
            return true;
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotAsked(failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The weekly training could not be requested; it is tried again")]
    private partial void LogNotAsked(Exception exception);
}
