using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Migrates at start. A database that is away does not keep the worker from starting, it answers what it can without one; the
/// migrations then run as soon as it is there.
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

    // What ends a start does not end a worker that answers.
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
        catch (Exception failure) when (DatabaseFaults.IsAway(failure) || DatabaseFaults.IsLoginRefused(failure))
        {
            // DatabaseWatch tells of it.
            return false;
        }

        ready.Set();
        return true;
    }
}
