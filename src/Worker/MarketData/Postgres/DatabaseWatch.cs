using Coinsphere.Messaging.Hosting.Clock;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Watches whether the database can be read. Where it refuses the user or the password at start, the process ends: only a person can repair that. An
/// unavailable server may become available without a restart, and a later fault is only noted: cached answers are still served.
/// </summary>
internal sealed class DatabaseWatch(NpgsqlDataSource database, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "database";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SlowestForClock = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(cancellationToken);
        }
        catch (Exception fault) when (DatabaseFaults.IsLoginRefused(fault))
        {
            throw new SettingException($"Prices:Database (DATABASE_URL): {Text(fault)}, expected a user and a password that it accepts");
        }
        catch (Exception fault) when (IsUnavailable(fault))
        {
            conditions.Note(Name, Text(fault));
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var interval = new PeriodicTimer(Interval, time);
        while (await interval.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await AskAsync(stoppingToken);
                conditions.Clear(Name);
            }
            catch (Exception fault) when (IsUnavailable(fault))
            {
                conditions.Note(Name, Text(fault));
            }
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SelectAsync(cancellationToken);
        }
        catch (NpgsqlException fault) when (!DatabaseFaults.IsLoginRefused(fault))
        {
            // An idle connection that was closed says nothing about new connections.
            database.Clear();
            await SelectAsync(cancellationToken);
        }
    }

    private async Task SelectAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)");
        command.CommandTimeout = (int)Interval.TotalSeconds;
        var (own, started) = (time is ClusterClock following ? following.Own : time, time.GetTimestamp());
        var milliseconds = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        var took = time.GetElapsedTime(started);
        // The server read its clock somewhere in between. A slow answer says too little.
        if (took < SlowestForClock)
        {
            Meters.ClockDifference("database", own.GetUtcNow() - (took / 2) - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        }
    }

    private static bool IsUnavailable(Exception fault) => fault is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException;

    private string Text(Exception fault) => DatabaseFaults.Describe(database, fault);
}
