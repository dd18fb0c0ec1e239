using Microsoft.Data.Sqlite;

namespace Coinsphere.Messaging.Worker.Storage.Sqlite;

/// <summary>Classifies failures of the file of records, and says what to do about them.</summary>
internal static class RecordsFileFaults
{
    // Primary result codes of SQLite.
    private const int Permission = 3;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int ReadOrWrite = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int Protocol = 15;
    private const int NoDatabase = 26;

    // An extended code: there is no space for the memory that processes share.
    private const int NoSharedMemory = ReadOrWrite | (19 << 8);

    /// <summary>The failure is the file's or its disk's, not the row's: it ends by itself or by an operator.</summary>
    public static bool IsUnavailable(Exception failure) => failure switch
    {
        IOException or UnauthorizedAccessException => true,
        SqliteException sqlite => sqlite.SqliteErrorCode
            is Permission or Busy or Locked or ReadOnly or ReadOrWrite or Corrupt or Full or CannotOpen or Protocol or NoDatabase,
        _ => false,
    };

    /// <summary>Only another file helps: trying the same one again does not.</summary>
    public static bool IsLasting(Exception failure) =>
        failure is RecordsFileException or SqliteException { SqliteErrorCode: Corrupt or NoDatabase };

    /// <summary>The file is read-only for this user.</summary>
    public static bool IsReadOnly(Exception failure) => failure is UnauthorizedAccessException or SqliteException { SqliteErrorCode: ReadOnly or Permission };

    /// <summary>What is wrong and what to do, in one line.</summary>
    public static string Describe(string name, Exception failure) => failure switch
    {
        RecordsFileException => failure.Message,
        SqliteException { SqliteErrorCode: Busy or Locked or Protocol } =>
            $"'{name}' (Records:File) is locked by another program: it is tried again until that one is done",
        _ when IsReadOnly(failure) =>
            $"'{name}' (Records:File) is read-only for this user: allow writing to the file and its folder",
        SqliteException { SqliteErrorCode: Full } or SqliteException { SqliteExtendedErrorCode: NoSharedMemory } =>
            $"there is no space left for '{name}' (Records:File): free some",
        SqliteException { SqliteErrorCode: Corrupt } => Damaged(name, failure.Message),
        SqliteException { SqliteErrorCode: NoDatabase } =>
            $"'{name}' (Records:File) is no SQLite database, and is left as it is: move it away, or set another path",
        SqliteException { SqliteErrorCode: CannotOpen } =>
            $"'{name}' (Records:File) cannot be opened: expected a file in a folder that this user may write to",
        _ => $"'{name}' (Records:File) cannot be read or written: {failure.Message.ReplaceLineEndings(" ")}",
    };

    /// <summary>The text for a damaged file.</summary>
    public static string Damaged(string name, string damage) =>
        $"'{name}' (Records:File) is damaged, and is left as it is: stop the service, and move it away with its -wal file, or put a copy in its place "
        + $"({damage.ReplaceLineEndings(" ")})";
}
