using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Reading that survives connections which a server or a pooler closed while they were idle: the pool learns of that by the first command, so the read is made
/// once more, on a connection opened after that. A server that is away costs no second wait: what fails while it connects is not tried again.
/// </summary>
internal static class DatabaseReads
{
    private static readonly ConditionalWeakTable<NpgsqlDataSource, StrongBox<long>> ClearedAt = [];

    /// <summary>Reads on a connection of its own.</summary>
    /// <param name="database">Where from.</param>
    /// <param name="read">Runs a second time where its connection turns out to be closed; only reads, and starts anew.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
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

    // What closed one idle connection has likely closed all. Many callers find out at the same time: the first one clears for those who took theirs before.
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
        // Ended by an administrator, with the server, by its time limits for idle sessions, or by a pooler.
        PostgresException told => told.SqlState is "57P01" or "57P02" or "57P05" or "25P03" || told.SqlState.StartsWith("08", StringComparison.Ordinal),
        _ => failure.InnerException is IOException or SocketException,
    };
}
