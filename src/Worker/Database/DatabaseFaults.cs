using Npgsql;

namespace Coinsphere.Messaging.Worker.Database;

/// <summary>What went wrong in a database, for those that must tell their own fault from the server's.</summary>
internal static class DatabaseFaults
{
    /// <summary>The server is not there, or not now: the same command may succeed later.</summary>
    public static bool IsAway(Exception fault) => fault switch
    {
        // 57P01 to 57P03: the server stops, crashed or starts. 3D000 is a database that is not yet created, as at the first start of a container.
        DatabaseAwayException => true,
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "3D000" } => true,
        NpgsqlException failure => failure.IsTransient,
        _ => false,
    };

    /// <summary>The server is there, and does not take these values: out of a column's range, or against a constraint.</summary>
    public static bool IsRefusal(PostgresException fault) =>
        fault.SqlState.StartsWith("22", StringComparison.Ordinal) || fault.SqlState.StartsWith("23", StringComparison.Ordinal);
}
