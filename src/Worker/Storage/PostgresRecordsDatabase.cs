using System.Data.Common;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>The records in PostgreSQL, shared by every worker.</summary>
internal sealed class PostgresRecordsDatabase(NpgsqlDataSource database, DatabaseReady ready) : IRecordsDatabase
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => ready.WaitAsync(cancellationToken);

    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await ready.WaitAsync(ReadyLimit, cancellationToken);
        return await database.OpenConnectionAsync(cancellationToken);
    }

    public async Task<bool> TryLockedAsync(long key, Func<DbConnection, Task> work, CancellationToken cancellationToken)
    {
        await ready.WaitAsync(ReadyLimit, cancellationToken);
        return await ClusterLock.TryAsync(database, key, work, cancellationToken);
    }

    public bool IsUnavailable(Exception failure) => DatabaseFaults.IsUnwritable(failure);
}
