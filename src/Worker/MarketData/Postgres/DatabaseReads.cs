using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Reads that survive idle connections which a server or a pooler has closed. The pool notices that only with the first command, so the read is
/// repeated once, on a connection opened after that. An unavailable server costs no second wait: a failure to connect is not retried.
/// </summary>
internal static class DatabaseReads
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, StrongBox<long>> ClearedAt = [];

    /// <summary>Reads on a connection of its own.</summary>
    /// <param name="database">The database.</param>
    /// <param name="read">Reads. It is called a second time where the connection was closed, so it must only read, and start from the beginning.</param>
    /// <param name="cancellationToken">Cancels the opening.</param>
    public static async Task<T> ReadAsync<T>(this NpgsqlDataSource database, Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        var taken = Stopwatch.GetTimestamp();
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            try
            {
                return await read(connection);
            }
            catch (NpgsqlException failure) when (IsClosed(failure))
            {
                ClearPool(database, taken);
            }
        }

        await using var fresh = await database.OpenConnectionAsync(cancellationToken);
        return await read(fresh);
    }

    // Whatever closed one idle connection has probably closed all of them. Many callers notice at the same time: the first one clears the pool for
    // all that took their connections before.
    private static void ClearPool(NpgsqlDataSource database, long taken)
    {
        var clearedAt = ClearedAt.GetOrCreateValue(database);
        lock (clearedAt)
        {
            if (clearedAt.Value > taken)
            {
                return;
            }

            database.Clear();
            clearedAt.Value = Stopwatch.GetTimestamp();
        }
    }

    private static bool IsClosed(NpgsqlException failure) => failure switch
    {
        // Closed by an administrator, with the server, by its limits for idle sessions, or by a pooler.
        PostgresException { SqlState: var state } => state is "57P01" or "57P02" or "57P05" or "25P03" || state.StartsWith("08", StringComparison.Ordinal),
        _ => failure.InnerException is IOException or SocketException,
    };
}
