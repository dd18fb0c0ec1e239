using System.Data;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>A lock that one worker of the cluster holds at a time: an advisory lock of the database, which ends with its session.</summary>
internal static class ClusterLock
{
    // "coinkeep", "coinscor", "coinfeed", "coinplan" and "coinalrt" in ASCII.
    public const long Retention = 0x636F696E6B656570;
    public const long Scoring = 0x636F696E73636F72;
    public const long Feeding = 0x636F696E66656564;
    public const long Scheduling = 0x636F696E706C616E;
    public const long Alerts = 0x636F696E616C7274;

    /// <summary>Runs the work under the lock.</summary>
    /// <returns>False where another worker holds the lock.</returns>
    public static async Task<bool> TryAsync(NpgsqlDataSource database, long key, Func<NpgsqlConnection, Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var tryLock = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = key } } };
        if (await tryLock.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return false;
        }

        try
        {
            await work(connection);
            return true;
        }
        finally
        {
            // A pooled session stays open after use, so unlock it. A closed session has released the lock.
            if (connection.State == ConnectionState.Open)
            {
                await using var unlock = new NpgsqlCommand("select pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = key } } };
                await unlock.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
    }
}
