using System.Data.Common;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Deletes predictions older than <c>Records:KeepFor</c>, at start and once a day, one worker at a time. Rows of the original system stay.</summary>
internal sealed partial class RecordRetention(
    IRecordsDatabase database, IOptions<RecordsOptions> options, TimeProvider time, ILogger<RecordRetention> logger) : BackgroundService
{
    private const int BatchSize = 1000;

    private const string DeleteSql = """
        delete from predictions where id in (
            select id from predictions
            where created_at < @before and features ->> 'prediction_id' = replace(cast(id as text), '-', '')
            limit @BatchSize)
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.KeepFor is not { } keepFor)
        {
            return;
        }

        await database.WaitUntilReadyAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await TryDeleteAsync(keepFor, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TryDeleteAsync(TimeSpan keepFor, CancellationToken stoppingToken)
    {
        try
        {
            var before = time.GetUtcNow() - keepFor;
            if (await DeleteAsync(before, stoppingToken) is { } deleted)
            {
                LogDeleted(deleted, before);
            }
        }
        catch (Exception failure) when (database.IsUnavailable(failure) || failure is DbException)
        {
            // What remains is deleted tomorrow.
            LogNotDeleted(failure);
        }
    }

    /// <returns>The number of deleted rows; null where another worker holds the lock.</returns>
    private async Task<int?> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var total = 0;
        var isMine = await database.TryLockedAsync(ClusterLock.Retention, async connection =>
        {
            // One transaction per batch, so that the rows are not locked for long.
            var delete = new CommandDefinition(
                DeleteSql, new { before = SqlLiteral.Of(SqlLiteral.Text(before)), BatchSize }, cancellationToken: cancellationToken);
            int batch;
            do
            {
                total += batch = await connection.ExecuteAsync(delete);
            }
            while (batch == BatchSize);
        }, cancellationToken);
        return isMine ? total : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Count} predictions from before {Before:O}")]
    private partial void LogDeleted(int count, DateTimeOffset before);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old predictions could not be deleted")]
    private partial void LogNotDeleted(Exception exception);
}
