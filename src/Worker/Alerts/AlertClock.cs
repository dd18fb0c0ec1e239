using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>Judges by the age of data every minute, one worker at a time: where data stop, no event comes. It also deletes old alerts.</summary>
internal sealed partial class AlertClock(
    RuleBook rules, AlertEvaluator evaluator, NewestBars bars, SymbolCatalog catalog, IRecordsDatabase database,
    IOptions<AlertsOptions> options, TimeProvider time, ILogger<AlertClock> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WaitUntilReadyAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await database.TryLockedAsync(ClusterLock.Alerts, async connection =>
                {
                    await DeliveryStore.DeleteAsync(connection, time.GetUtcNow() - options.Value.KeepFor, stoppingToken);
                    await JudgeAgesAsync(stoppingToken);
                }, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The next minute tries again.
                LogFailed(failure);
            }
        }
    }

    /// <summary>Judges the rules about the age of data, of every symbol that has one.</summary>
    public async Task JudgeAgesAsync(CancellationToken cancellationToken)
    {
        var named = (await rules.ReadAsync(cancellationToken)).DataSymbols;
        string[] symbols = [.. named.Where(symbol => symbol != AlertRule.EverySymbol).Union(named.Contains(AlertRule.EverySymbol) ? catalog.Supported : [])];
        foreach (var (symbol, day) in await bars.ReadAsync(symbols, cancellationToken))
        {
            await evaluator.EvaluateAsync(AlertFacts.OfData(symbol, day, time.GetUtcNow()), cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert rules about the age of data could not be judged")]
    private partial void LogFailed(Exception exception);
}
