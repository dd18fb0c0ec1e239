using System.Data.Common;
using Coinsphere.Messaging.Worker.Storage;
using Dapper;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Runs in the records database. The process that holds its lock schedules; the lock ends with the connection that all statements use.</summary>
internal sealed class DatabaseRuns(IRecordsDatabase database) : IScheduleRuns
{
    public Task WhileMineAsync(Func<IRunRecords, CancellationToken, Task> work, CancellationToken cancellationToken) => database.TryLockedAsync(
        ClusterLock.Scheduling, connection => work(new Records(connection), cancellationToken), cancellationToken);

    private sealed class Records(DbConnection connection) : IRunRecords
    {
        public async Task<IReadOnlyList<RunRecord>> ReadAsync(CancellationToken cancellationToken)
        {
            var rows = await connection.QueryAsync<(string Name, long DueAt, long? FinishedAt)>(
                new CommandDefinition("select name, due_at, finished_at from coinsphere_runs", cancellationToken: cancellationToken));
            return [.. rows.Select(row => new RunRecord(
                row.Name, DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt),
                row.FinishedAt is { } finished ? DateTimeOffset.FromUnixTimeMilliseconds(finished) : null))];
        }

        public Task WriteAsync(RunRecord run, CancellationToken cancellationToken) => connection.ExecuteAsync(new CommandDefinition(
            """
            insert into coinsphere_runs (name, due_at, finished_at) values (@Name, @DueAt, @FinishedAt)
            on conflict (name) do update set due_at = excluded.due_at, finished_at = excluded.finished_at
            """,
            new { run.Name, DueAt = run.DueAt.ToUnixTimeMilliseconds(), FinishedAt = run.FinishedAt?.ToUnixTimeMilliseconds() },
            cancellationToken: cancellationToken));

        public Task KeepAsync(CancellationToken cancellationToken) =>
            connection.ExecuteScalarAsync(new CommandDefinition("select 1", cancellationToken: cancellationToken));
    }
}
