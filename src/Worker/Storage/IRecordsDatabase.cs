using System.Data.Common;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>The database that keeps records, alert rules and what they raised: PostgreSQL, or one SQLite file.</summary>
internal interface IRecordsDatabase
{
    /// <summary>Waits until the tables are there for the first time, without a limit.</summary>
    Task WaitUntilReadyAsync(CancellationToken cancellationToken);

    /// <summary>Opens a connection; the caller closes it. Its tables are there.</summary>
    /// <exception cref="Exception">One for which <see cref="IsUnavailable"/> is true: it does not answer, or has no tables yet.</exception>
    Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Runs the work under a lock that one process of the cluster holds at a time (<see cref="ClusterLock"/>).</summary>
    /// <returns>False where another process holds the lock.</returns>
    Task<bool> TryLockedAsync(long key, Func<DbConnection, Task> work, CancellationToken cancellationToken);

    /// <summary>Whether the failure ends by itself or by an operator: no answer, no space, no permission. What failed can be tried again.</summary>
    bool IsUnavailable(Exception failure);
}
