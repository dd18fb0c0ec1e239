using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Whether the database can be read from. A user or a password that it refuses at the start, only a person can put right: the process ends. A server that is
/// not there may come by itself, and what is wrong later is a note: cached answers go on.
/// </summary>
internal sealed class DatabaseWatch(NpgsqlDataSource database, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "database";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(cancellationToken);
        }
        catch (Exception fault) when (DatabaseFaults.IsLoginRefused(fault))
        {
            throw new SettingException($"Prices:Database (DATABASE_URL): {Text(fault)}, expected a user and a password that it takes");
        }
        catch (Exception fault) when (IsAway(fault))
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
            catch (Exception fault) when (IsAway(fault))
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
            // A connection that was closed while nobody used it tells nothing of new ones.
            database.Clear();
            await SelectAsync(cancellationToken);
        }
    }

    private async Task SelectAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select 1");
        command.CommandTimeout = (int)Interval.TotalSeconds;
        await command.ExecuteScalarAsync(cancellationToken);
    }

    private static bool IsAway(Exception fault) => fault is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException;

    private string Text(Exception fault)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var (server, user) = ($"database '{connection.Database}' on {connection.Host}:{connection.Port}", connection.Username);
        return fault is PostgresException told
            ? $"{server} {(DatabaseFaults.IsLoginRefused(told) ? $"refuses user '{user}'" : "cannot be read from")} ({told.SqlState}, {told.MessageText})"
            : $"{server} cannot be reached ({fault.Message.ReplaceLineEndings(" ")}{(fault.InnerException is { } cause ? ": " + cause.Message : "")})";
    }
}
