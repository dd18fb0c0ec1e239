using System.Data.Common;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Keys;
using Dapper;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>The keys of callers in the database. The statements are the same text in PostgreSQL and SQLite.</summary>
internal static class KeyStore
{
    private const string CountSql = "update coinsphere_key_versions set version = version + 1 where name = 'keys'";

    private const string AllSql = """
        select id as Id, name as Name, scopes as Scopes, hash as Hash, per_second as PerSecond, concurrent as Concurrent, created_at as CreatedAt,
            revoked_at as RevokedAt
        from coinsphere_keys
        """;

    private const string AddSql = """
        insert into coinsphere_keys (id, name, scopes, hash, per_second, concurrent, created_at)
        values (@Id, @Name, @scopes, @Hash, @PerSecond, @Concurrent, @createdAt)
        """;

    /// <summary>The valid keys, for gateways.</summary>
    public static async Task<CallerKeys> ReadValidAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // The version first: a change in between makes the table newer than its version, and is read again under the next one.
        var version = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select version from coinsphere_key_versions where name = 'keys'", cancellationToken: cancellationToken));
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            AllSql + " where revoked_at is null order by id", cancellationToken: cancellationToken));
        return new CallerKeys(version, [.. rows.Select(row => row.ToKey().ToCaller())]);
    }

    /// <summary>All keys, the oldest first.</summary>
    public static async Task<IReadOnlyList<StoredKey>> ReadAllAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(AllSql + " order by created_at, id", cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToKey())];
    }

    /// <summary>Adds a key.</summary>
    /// <exception cref="IOException">There are as many as may be valid.</exception>
    public static Task AddAsync(DbConnection connection, StoredKey key, CancellationToken cancellationToken) =>
        ChangeAsync(connection, async transaction =>
        {
            var valid = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "select count(*) from coinsphere_keys where revoked_at is null", transaction: transaction, cancellationToken: cancellationToken));
            if (valid >= StoredKey.MaxValid)
            {
                throw new IOException($"there are {StoredKey.MaxValid} valid keys, the most that are kept: revoke some first");
            }

            await connection.ExecuteAsync(new CommandDefinition(AddSql, new
            {
                key.Id,
                key.Name,
                scopes = string.Join(',', key.Scopes),
                key.Hash,
                key.PerSecond,
                key.Concurrent,
                createdAt = key.CreatedAt.ToUnixTimeMilliseconds(),
            }, transaction, cancellationToken: cancellationToken));
        }, cancellationToken);

    /// <summary>Revokes a key. It stays listed.</summary>
    /// <returns>Whether there is a valid one of the id.</returns>
    public static async Task<bool> RevokeAsync(DbConnection connection, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var revoked = 0;
        await ChangeAsync(connection, async transaction => revoked = await connection.ExecuteAsync(new CommandDefinition(
            "update coinsphere_keys set revoked_at = @now where id = @id and revoked_at is null",
            new { id, now = now.ToUnixTimeMilliseconds() }, transaction, cancellationToken: cancellationToken)), cancellationToken);
        return revoked > 0;
    }

    private static async Task ChangeAsync(DbConnection connection, Func<DbTransaction, Task> change, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(CountSql, transaction: transaction, cancellationToken: cancellationToken));
        await change(transaction);
        await transaction.CommitAsync(cancellationToken);
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public string Name { get; init; } = "";

        public string Scopes { get; init; } = "";

        public string Hash { get; init; } = "";

        public double? PerSecond { get; init; }

        public long? Concurrent { get; init; }

        public long CreatedAt { get; init; }

        public long? RevokedAt { get; init; }

        public StoredKey ToKey() => new(
            Id, Name, Scopes.Split(',', StringSplitOptions.RemoveEmptyEntries), Hash, DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
            RevokedAt is { } revoked ? DateTimeOffset.FromUnixTimeMilliseconds(revoked) : null, PerSecond, (int?)Concurrent);
    }
}
