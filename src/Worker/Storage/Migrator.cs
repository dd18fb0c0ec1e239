using Coinsphere.Messaging.Worker.MarketData;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Runs the pending migrations in one transaction, under a lock that one worker holds at a time. The applied ones are listed in the table
/// <c>coinsphere_migrations</c>.
/// </summary>
internal sealed partial class Migrator(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, ILogger<Migrator> logger)
{
    // A number that no other program locks by: "coinsphe" in ASCII.
    private const long LockKey = 0x636F696E73706865;

    private static readonly string[] WrittenTables = ["tokens", "price_data", "predictions"];

    /// <exception cref="OptionsValidationException">The database's user lacks a permission.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            if (await MissingAsync(connection, cancellationToken) is [])
            {
                await LogUpToDateAsync(connection, cancellationToken);
            }
            else
            {
                await ApplyMissingAsync(connection, cancellationToken);
            }
        }
        catch (PostgresException denied) when (denied.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            var user = new NpgsqlConnectionStringBuilder(connection.ConnectionString).Username;
            throw new OptionsValidationException(nameof(PricesOptions), typeof(PricesOptions),
            [
                $"Prices:Database (DATABASE_URL): user '{user}' may not set up what is missing in database '{connection.Database}' ({denied.MessageText}): "
                + "start one worker as a user that may create tables, or set Database:ReadOnly to true",
            ]);
        }
    }

    /// <summary>The migrations that are pending, and the tables that the database's user may not write to.</summary>
    public async Task<(IReadOnlyList<string> Missing, string? Denied)> InspectAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var missing = await MissingAsync(connection, cancellationToken);
        return ([.. missing.Select(migration => migration.Name)], missing is [] ? await DeniedAsync(connection, cancellationToken) : null);
    }

    private async Task ApplyMissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Without a time limit: another worker's lock ends with its connection at the latest.
        await ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, 0);
        await ExecuteAsync(
            "create table if not exists coinsphere_migrations (name text primary key, applied_at timestamptz not null default now())",
            null,
            null);
        var hadPrices = await Hypertable.HasTableAsync(connection, cancellationToken);
        // Read again: another worker may have applied them before this one had the lock.
        var missing = await MissingAsync(connection, cancellationToken);
        foreach (var migration in missing)
        {
            await ExecuteAsync(migration.Sql, null, 0);
            await ExecuteAsync("insert into coinsphere_migrations (name) values (@Name)", new { migration.Name }, null);
        }

        var hypertable = !hadPrices && await Hypertable.HasTableAsync(connection, cancellationToken)
            ? await Hypertable.TryCreateAsync(connection, transaction, cancellationToken)
            : null;
        await transaction.CommitAsync(cancellationToken);
        foreach (var migration in missing)
        {
            LogApplied(migration.Name, connection.Database);
        }

        if (hypertable is not null)
        {
            LogHypertable(hypertable);
        }

        Task ExecuteAsync(string sql, object? parameters, int? timeout) =>
            connection.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, timeout, cancellationToken: cancellationToken));
    }

    private async Task<IReadOnlyList<Migration>> MissingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new CommandDefinition("select to_regclass('coinsphere_migrations') is not null", cancellationToken: cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(command))
        {
            return migrations;
        }

        command = new CommandDefinition("select name from coinsphere_migrations", cancellationToken: cancellationToken);
        var applied = (await connection.QueryAsync<string>(command)).ToHashSet(StringComparer.Ordinal);
        return migrations.Where(migration => !applied.Contains(migration.Name)).ToArray();
    }

    private async Task LogUpToDateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        LogUpToDate(connection.Database);
        if (await DeniedAsync(connection, cancellationToken) is { } denied)
        {
            LogReadOnly(denied);
        }
    }

    private static Task<string?> DeniedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new CommandDefinition("""
            select string_agg(name, ', ') from unnest(@WrittenTables) name
            where current_setting('transaction_read_only') = 'on' or not has_table_privilege(name, 'insert, update')
            """, new { WrittenTables }, cancellationToken: cancellationToken);
        return connection.ExecuteScalarAsync<string?>(command);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Migration} to database {Database}")]
    private partial void LogApplied(string migration, string database);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Outcome}")]
    private partial void LogHypertable(string outcome);

    [LoggerMessage(Level = LogLevel.Information, Message = "Database {Database} has every migration")]
    private partial void LogUpToDate(string database);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's user may not write to {Tables}: bars and predictions that reach this worker will "
        + "fail; set Database:ReadOnly to true to leave them to other workers")]
    private partial void LogReadOnly(string tables);
}
