using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// Asks for predictions and risk scores by the clock and after each closed bar, so that events, records and alerts are fresh without a caller. One process of
/// the cluster schedules at a time, by the lock of the records database. Without such a database, only a process that is alone does: its bus is in memory.
/// </summary>
internal sealed partial class PredictionSchedule(
    IScheduleRuns runs, ScheduledQuestions questions, IPriceSource source, SymbolCatalog catalog, IBusControl bus, IHostApplicationLifetime lifetime,
    IOptions<ScheduleOptions> options, TimeProvider time, ILogger<PredictionSchedule> logger) : BackgroundService
{
    private const string InMemory = "loopback";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (RunTimes.Of(options.Value) is not { } times)
        {
            return;
        }

        if (runs is MemoryRuns && bus.Address.Scheme != InMemory)
        {
            LogNoDatabase();
            return;
        }

        await bus.WaitForStartAsync(lifetime, stoppingToken);
        var plan = new SchedulePlan(times, options.Value.Spread);
        await OneAtATime.RunAsync(
            stop => runs.WhileMineAsync((records, cancel) => RunAsync(records, plan, cancel), stop), _ => true, LogLost, time, stoppingToken);
    }

    private async Task RunAsync(IRunRecords records, SchedulePlan plan, CancellationToken stoppingToken)
    {
        var next = plan.Times.After(time.GetUtcNow());
        LogMine(next);
        var turn = new ScheduleTurn(records, plan, questions, source, catalog, time, logger);
        while (true)
        {
            await Task.Delay(await turn.StepAsync(stoppingToken), time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "This process schedules predictions; the next time is {Next:yyyy-MM-dd HH:mm} UTC")]
    private partial void LogMine(DateTimeOffset? next);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Predictions cannot be scheduled now; it is tried again")]
    private partial void LogLost(Exception failure);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "No predictions are scheduled: a worker of several schedules with the lock of a database that it writes to (DATABASE_URL)")]
    private partial void LogNoDatabase();
}
