using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>Classifies database failures, for code that must distinguish faults of the server from faults of its own data.</summary>
internal static class DatabaseFaults
{
    // SQLSTATEs, or their first characters, of a server that accepts no rows now, whoever writes. Every other state is a fault of the row, or of this
    // program.
    private static readonly string[] NoWrites =
    [
        "08",    // the connection broke, or a pooler did not make one
        "25006", // read-only: a replica after a failover, or closed for writing by its operator
        "25P03", // a session that was idle in a transaction for too long
        "25P04", // a transaction that took too long
        "28",    // the user or the password is refused: rotated, or no longer admitted
        "3D000", // no such database: not yet created, or being restored
        "3F000", // no such schema: the same
        "40",    // a deadlock, or a transaction that another one's made impossible: soon over
        "42501", // the user lacks a right that it had, or is to get
        "42P01", // no such table: dropped, or being restored
        "53",    // disk, memory or connections are used up
        "55",    // locked, or used by another
        "57",    // stopping, starting, or cancelled: by an operator, or since everything is slow
        "58",    // the server cannot read or write its files
        "XX001", // a damaged table
        "XX002", // a damaged index
    ];

    // Npgsql's text, for which there is no type
    private const string NoSuitableHost = "No suitable host";

    /// <summary>The server is unavailable: the same command may succeed later.</summary>
    public static bool IsUnavailable(Exception fault) => fault switch
    {
        // 57P01 to 57P03: the server stops, crashed or starts. 3D000: the database is not yet created, as at the first start of a container.
        DatabaseUnavailableException => true,
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "3D000" } => true,
        PostgresException refusal => refusal.IsTransient,
        // Of several servers: what each said, or nothing where those that are known to be up have another role.
        NpgsqlException { InnerException: AggregateException all } => all.InnerExceptions.Any(IsUnavailable),
        NpgsqlException { InnerException: null } failure when failure.Message.StartsWith(NoSuitableHost, StringComparison.Ordinal) => true,
        NpgsqlException failure => failure.IsTransient,
        _ => false,
    };

    /// <summary>Nothing can be written now. Messages wait, since every other row would fail too.</summary>
    public static bool IsUnwritable(Exception fault) => fault switch
    {
        PostgresException postgres => Array.Exists(NoWrites, state => postgres.SqlState.StartsWith(state, StringComparison.Ordinal)),
        // The driver's own faults: no connection, a broken one, a timeout, or a server that is not trusted.
        DatabaseUnavailableException or NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The server is available, and refuses the user, the password, or the user's access to the database.</summary>
    public static bool IsLoginRefused(Exception fault) => LoginRefusal(fault) is not null;

    /// <summary>The refusal of the user; of several servers, the first that refused.</summary>
    public static PostgresException? LoginRefusal(Exception fault) => fault switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refusal => refusal,
        NpgsqlException { InnerException: AggregateException all } => all.InnerExceptions.Select(LoginRefusal).FirstOrDefault(refusal => refusal is not null),
        _ => null,
    };

    /// <summary>Why the database cannot be read, in one line without a password.</summary>
    public static string Describe(NpgsqlDataSource database, Exception fault)
    {
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var (server, user) = ($"database '{connection.Database}' on {DatabaseUrl.Server(connection)}", connection.Username);
        if (LoginRefusal(fault) is { } refusal)
        {
            return $"{server} refuses user '{user}' ({refusal.SqlState}, {refusal.MessageText})";
        }

        if (fault.InnerException is AuthenticationException untrusted)
        {
            return $"{server} shows a certificate that is not trusted here ({untrusted.Message}): expected one that is valid now, for that host, and of the "
                + "authority in sslrootcert";
        }

        return fault is PostgresException answer
            ? $"{server} cannot be read from ({answer.SqlState}, {answer.MessageText})"
            : $"{server} cannot be reached ({fault.Message.ReplaceLineEndings(" ")}{(fault.InnerException is { } cause ? ": " + cause.Message : "")})";
    }

    /// <summary>The server is available, and rejects these values: out of a column's range, or against a constraint.</summary>
    public static bool IsRefusal(PostgresException fault) =>
        fault.SqlState.StartsWith("22", StringComparison.Ordinal) || fault.SqlState.StartsWith("23", StringComparison.Ordinal);
}

/// <summary>The database has not been available since this worker started.</summary>
internal sealed class DatabaseUnavailableException() : Exception("the database has not been available since this worker started");
