using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Writes rows of messages, once the database has its tables. While the database accepts no rows, readiness has a note.</summary>
internal sealed class DatabaseWrites(NpgsqlDataSource database, DatabaseReady ready, Conditions conditions)
{
    private const string Name = "database-writes";

    // How long a message's try may take to find out that the database is unavailable.
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, string> _faults = new(StringComparer.Ordinal);

    /// <summary>Runs a write.</summary>
    /// <param name="endpoint">The endpoint of the message: one table may accept rows while another does not.</param>
    /// <param name="write">Writes to the database.</param>
    /// <param name="cancellationToken">Cancels the wait for the tables.</param>
    /// <exception cref="DatabaseUnavailableException">The database has not been available since this worker started.</exception>
    public async Task<T> RunAsync<T>(string endpoint, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            await ready.WaitAsync(ReadyLimit, cancellationToken);
            var written = await write();
            Report(endpoint, null);
            return written;
        }
        catch (Exception fault) when (DatabaseFaults.IsUnwritable(fault))
        {
            if (fault is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction })
            {
                // After a failover the pool's connections would still lead to the old server, now a read-only replica.
                database.Clear();
            }

            Report(endpoint, fault is PostgresException postgres ? $"{postgres.SqlState}, {postgres.MessageText}" : fault.Message);
            throw;
        }
    }

    private void Report(string endpoint, string? fault)
    {
        if (fault is not null)
        {
            _faults[endpoint] = fault;
        }
        else if (!_faults.TryRemove(endpoint, out _))
        {
            return;
        }

        if (_faults.IsEmpty)
        {
            conditions.Clear(Name);
        }
        else
        {
            conditions.Note(Name, "the database accepts no rows, messages wait: "
                + string.Join("; ", _faults.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}")));
        }
    }
}
