using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Writing what a message brings, once the database has its tables. While the database takes nothing, readiness has a note of it.</summary>
internal sealed class DatabaseWrites(NpgsqlDataSource database, DatabaseReady ready, Conditions conditions)
{
    private const string Name = "database-writes";

    // How long a message's try may take to find out that the database is unavailable.
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, string> _faults = new(StringComparer.Ordinal);

    /// <summary>Writes.</summary>
    /// <param name="endpoint">Whose messages are written: one table may take rows while another does not.</param>
    /// <param name="write">Writes to the database.</param>
    /// <param name="cancellationToken">Ends the waiting for the tables.</param>
    /// <exception cref="DatabaseUnavailableException">The database was not there since this worker started.</exception>
    public async Task<T> RunAsync<T>(string endpoint, Func<Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            await ready.WaitAsync(ReadyLimit, cancellationToken);
            var written = await write();
            Tell(endpoint, null);
            return written;
        }
        catch (Exception fault) when (DatabaseFaults.IsUnwritable(fault))
        {
            if (fault is PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction })
            {
                // Connections to what is a replica now would stay, and be used, while the primary is elsewhere.
                database.Clear();
            }

            Tell(endpoint, fault is PostgresException told ? $"{told.SqlState}, {told.MessageText}" : fault.Message);
            throw;
        }
    }

    private void Tell(string endpoint, string? fault)
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
            conditions.Note(Name, "the database takes no rows, messages wait: "
                + string.Join("; ", _faults.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}")));
        }
    }
}
