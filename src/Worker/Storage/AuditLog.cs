using System.Data.Common;
using Coinsphere.Messaging.Worker.Storage.Sqlite;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>An administrative act.</summary>
/// <param name="Who">A key's name, an address, or <c>command line</c>.</param>
/// <param name="Act">What was done, in two words.</param>
/// <param name="Symbol">Of what; empty for all symbols or none.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Id">Of the message that asked for it: who handles it a second time, or in another process, adds no row.</param>
internal sealed record AuditEntry(string Who, string Act, string Symbol, string Outcome, string? Id = null);

/// <summary>
/// Records administrative acts in <c>coinsphere_audit</c> of the database or the records file, and in the log. An act does not fail for want of its record:
/// what could not be stored is a warning.
/// </summary>
internal sealed partial class AuditLog(AuditStore store, TimeProvider time, ILogger<AuditLog> logger)
{
    public const string InsertSql = """
        insert into coinsphere_audit (id, at, who, act, symbol, outcome) values (@Id, @At, @Who, @Act, @Symbol, @Outcome) on conflict (id) do nothing
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static object Row(AuditEntry entry, long at) => new
    {
        Id = entry.Id ?? Guid.CreateVersion7().ToString("N"),
        At = at,
        entry.Who,
        entry.Act,
        entry.Symbol,
        entry.Outcome,
    };

    public async Task WriteAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        LogActed(entry.Who, entry.Act, entry.Symbol, entry.Outcome);
        try
        {
            await WriteAsync(entry).WaitAsync(Limit, time, cancellationToken);
        }
        catch (Exception failure) when (failure is DbException or IOException or TimeoutException or InvalidOperationException or UnauthorizedAccessException
            or OperationCanceledException)
        {
            LogNotStored(entry.Act, entry.Symbol, failure.Message);
        }
    }

    private async Task WriteAsync(AuditEntry entry)
    {
        if (await store.OpenAsync() is { } opened)
        {
            await using var connection = opened;
            await connection.ExecuteAsync(InsertSql, Row(entry, time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit: {Who}, {Act} {Symbol}: {Outcome}")]
    private partial void LogActed(string who, string act, string symbol, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The audit of {Act} {Symbol} could not be stored, only logged: {Reason}")]
    private partial void LogNotStored(string act, string symbol, string reason);
}

/// <summary>Where acts are stored: the database that the process writes to, or an existing records file; else nowhere.</summary>
internal sealed class AuditStore(NpgsqlDataSource? database, RecordsFile? file)
{
    public async Task<DbConnection?> OpenAsync()
    {
        if (database is not null)
        {
            return await database.OpenConnectionAsync();
        }

        return file is not null && File.Exists(file.FullPath) ? file.OpenToWrite() : null;
    }
}
