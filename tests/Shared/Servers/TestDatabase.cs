using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Tests;

/// <summary>An empty database of its own, gone with its test.</summary>
public sealed class TestDatabase : IRecordsStore
{
    private TestDatabase(string name)
    {
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Database = name }.ConnectionString;
        Source = NpgsqlDataSource.Create(ConnectionString);
    }

    public string Name { get; }

    public string ConnectionString { get; }

    public NpgsqlDataSource Source { get; }

    public IReadOnlyList<KeyValuePair<string, string?>> Settings => [new("Prices:Database", ConnectionString)];

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = Unmade();
        await database.MakeAsync();
        return database;
    }

    /// <summary>A name for a database that is not there until <see cref="MakeAsync"/>.</summary>
    public static TestDatabase Unmade() => new($"test_{Guid.NewGuid():N}");

    public Task MakeAsync() => OnServer($"create database {Name}");

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await OnServer($"drop database if exists {Name} with (force)");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }

    /// <summary>The rows of a query as JSON, one a line: everything there is to compare.</summary>
    public async Task<string> RowsAsync(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string?>($"select string_agg(to_jsonb(row)::text, chr(10)) from ({sql}) row") ?? "";
    }

    public async Task<T?> ValueAsync<T>(string sql)
    {
        await using var connection = await Source.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<T?>(sql);
    }

    public Task UntilAsync(string sql) => UntilAsync(sql, TimeSpan.FromSeconds(30));

    public Task UntilAsync(string sql, TimeSpan limit) => Until.True(() => ValueAsync<bool>(sql), sql, limit);

    /// <summary>Runs a command outside the database, for what it does not let its own sessions do.</summary>
    public static async Task OnServer(string sql)
    {
        await using var connection = new NpgsqlConnection(TestServers.Postgres);
        await connection.ExecuteAsync(sql);
    }
}
