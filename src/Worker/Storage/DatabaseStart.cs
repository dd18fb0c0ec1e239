using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Migrates at start. Where the database is unavailable the worker starts all the same, and answers what needs no database. The migrations run as
/// soon as the database is available.
/// </summary>
internal sealed class DatabaseStart(Migrator migrator, DatabaseReady ready, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "database-tables";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await TryAsync(cancellationToken))
        {
            await base.StartAsync(cancellationToken);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            await Task.Delay(Pause, time, stoppingToken);
        }
        while (!await TryLaterAsync(stoppingToken));
        conditions.Clear(Name);
    }

    // A fault that stops a start must not stop a running worker.
    private async Task<bool> TryLaterAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await TryAsync(cancellationToken);
        }
        catch (OptionsValidationException denied)
        {
            conditions.Note(Name, string.Join("; ", denied.Failures));
            return false;
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await migrator.ApplyAsync(cancellationToken);
        }
        catch (Exception failure) when (DatabaseFaults.IsUnavailable(failure) || DatabaseFaults.IsLoginRefused(failure))
        {
            // DatabaseWatch reports it.
            return false;
        }

        ready.Set();
        return true;
    }
}
