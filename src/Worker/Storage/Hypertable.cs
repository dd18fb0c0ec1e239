using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Makes <c>price_data</c> a hypertable where TimescaleDB is available. A plain table works as well.</summary>
internal static class Hypertable
{
    private const string Savepoint = "hypertable";

    public static Task<bool> HasTableAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition("select to_regclass('price_data') is not null", cancellationToken: cancellationToken));

    /// <returns>The result, as a sentence. No result stops the start.</returns>
    public static async Task<string> TryCreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var available = new CommandDefinition(
            "select exists (select from pg_available_extensions where name = 'timescaledb')",
            null,
            transaction,
            cancellationToken: cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(available))
        {
            return "price_data is a plain table: the server has no TimescaleDB";
        }

        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await ExecuteAsync("create extension if not exists timescaledb");
            await ExecuteAsync("select create_hypertable('price_data', 'time', chunk_time_interval => interval '90 days')");
            return "price_data is a TimescaleDB hypertable";
        }
        catch (PostgresException fault)
        {
            // The library is not preloaded, or the user has no permission.
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            return $"price_data is a plain table: TimescaleDB is available but cannot be used, {fault.MessageText}";
        }

        Task ExecuteAsync(string sql) => connection.ExecuteAsync(new CommandDefinition(sql, null, transaction, cancellationToken: cancellationToken));
    }
}
