namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>Which runs have been done, and which process does the next ones.</summary>
internal interface IScheduleRuns
{
    /// <summary>Runs the work while this process is the one that schedules; returns at once where another one is.</summary>
    Task WhileMineAsync(Func<IRunRecords, CancellationToken, Task> work, CancellationToken cancellationToken);
}

/// <summary>The last run of each name. Every call fails where this process is not the one that schedules any more.</summary>
internal interface IRunRecords
{
    Task<IReadOnlyList<RunRecord>> ReadAsync(CancellationToken cancellationToken);

    Task WriteAsync(RunRecord run, CancellationToken cancellationToken);

    /// <summary>Does nothing, unless this process is not the one any more.</summary>
    Task KeepAsync(CancellationToken cancellationToken);
}

/// <summary>The last run of a name.</summary>
/// <param name="Name">What is run.</param>
/// <param name="DueAt">The time that it was due; of a symbol, the day of its newest bar when it was asked about.</param>
/// <param name="FinishedAt">Null while it is not finished; of a symbol, when it was asked about.</param>
internal sealed record RunRecord(string Name, DateTimeOffset DueAt, DateTimeOffset? FinishedAt);
