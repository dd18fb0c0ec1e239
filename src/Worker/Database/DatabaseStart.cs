using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Database;

/// <summary>
/// Migrates at start. A database that is away does not keep the worker from starting, it answers what it can without one; the
/// migrations then run as soon as it is there.
/// </summary>
internal sealed partial class DatabaseStart(Migrator migrator, DatabaseReady ready, TimeProvider time, ILogger<DatabaseStart> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryAsync(cancellationToken))
            await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
            await Task.Delay(Pause, time, stoppingToken);
        while (!await TryAsync(stoppingToken));
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await migrator.ApplyAsync(cancellationToken);
        }
        catch (Exception failure) when (DatabaseFaults.IsAway(failure))
        {
            LogAway(failure.Message);
            return false;
        }

        ready.Set();
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database is away, migrations wait for it: {Reason}")]
    private partial void LogAway(string reason);
}
