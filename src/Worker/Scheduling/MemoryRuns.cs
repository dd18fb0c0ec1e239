using System.Collections.Concurrent;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Runs of one process without a database: forgotten when it ends, so that the next one begins with a run.</summary>
internal sealed class MemoryRuns : IScheduleRuns, IRunRecords
{
    private readonly ConcurrentDictionary<string, RunRecord> _runs = new(StringComparer.Ordinal);

    public Task WhileMineAsync(Func<IRunRecords, CancellationToken, Task> work, CancellationToken cancellationToken) => work(this, cancellationToken);

    public Task<IReadOnlyList<RunRecord>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RunRecord>>([.. _runs.Values]);

    public Task WriteAsync(RunRecord run, CancellationToken cancellationToken)
    {
        _runs[run.Name] = run;
        return Task.CompletedTask;
    }

    public Task KeepAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
