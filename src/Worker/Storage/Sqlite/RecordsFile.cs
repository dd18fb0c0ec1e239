using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coinsphere.Messaging.Worker.Storage.Sqlite;

/// <summary>
/// The SQLite file of records. Connections are not pooled: a file that was removed or replaced is noticed with the next one, where a pooled one would
/// write on to the file that is gone.
/// </summary>
/// <param name="path">As it is configured; relative to the working folder.</param>
/// <param name="migrations">The migrations that this release knows.</param>
internal sealed class RecordsFile(string path, IReadOnlyList<Migration> migrations)
{
    private const string TableSql = "create table if not exists coinsphere_migrations (name text primary key, applied_at text not null)";

    // How long a command waits for another program's lock. What could not be written waits in memory.
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(2);

    /// <summary>The path as it is configured, for messages.</summary>
    public string Name { get; } = path;

    /// <summary>The whole path.</summary>
    public string FullPath { get; } = Path.GetFullPath(path);

    /// <summary>Opens a file that is there and has its tables, for reading only.</summary>
    /// <exception cref="RecordsFileException">It has none, or those of another program or release.</exception>
    public SqliteConnection OpenToRead()
    {
        if (!File.Exists(FullPath))
        {
            throw new RecordsFileException($"nothing has been recorded: there is no file '{Name}' (Records:File)");
        }

        var connection = Open(SqliteOpenMode.ReadOnly);
        try
        {
            if (Missing(connection).Contains(migrations[0]))
            {
                throw new RecordsFileException($"nothing has been recorded: '{Name}' (Records:File) is empty");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file that is there, for reading and writing.</summary>
    public SqliteConnection OpenToWrite() => Open(SqliteOpenMode.ReadWrite);

    /// <summary>Creates the folder and the file where they are missing, checks the whole file, and applies what is pending in one transaction.</summary>
    /// <returns>The names of the applied migrations.</returns>
    /// <exception cref="RecordsFileException">The file is damaged, or of another program or release. It is left as it is.</exception>
    public IReadOnlyList<string> Prepare(DateTimeOffset now)
    {
        if (Path.GetDirectoryName(FullPath) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        AlignModes();
        Check();
        using var connection = Open(SqliteOpenMode.ReadWriteCreate);
        if (raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
        {
            // SQLite opens such a file all the same, and would say so at the first row only.
            throw new SqliteException("attempt to write a readonly database", raw.SQLITE_READONLY);
        }

        // One program writes while others read. Where the file system cannot share memory, the file keeps its journal.
        if (connection.ExecuteScalar<string>("pragma journal_mode") is not "wal")
        {
            connection.ExecuteScalar<string>("pragma journal_mode = wal");
        }

        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute(TableSql, transaction: transaction);
        var missing = Missing(connection);
        foreach (var migration in missing)
        {
            connection.Execute(migration.Sql, transaction: transaction);
            connection.Execute(
                "insert into coinsphere_migrations (name, applied_at) values (@Name, @at)", new { migration.Name, at = SqlLiteral.Text(now) }, transaction);
        }

        transaction.Commit();
        return [.. missing.Select(migration => migration.Name)];
    }

    /// <summary>Takes the log over into the file, so that the file alone is a copy of everything.</summary>
    public void Merge()
    {
        using var connection = OpenToWrite();
        connection.Execute("pragma wal_checkpoint(truncate)");
    }

    // SQLite makes the files beside this one with its mode. Those of a file that was read-only would stay so when it may be written to again.
    private void AlignModes()
    {
        if (OperatingSystem.IsWindows() || !File.Exists(FullPath))
        {
            return;
        }

        var mode = File.GetUnixFileMode(FullPath);
        foreach (var beside in ((string[])["-wal", "-shm"]).Select(suffix => FullPath + suffix).Where(File.Exists))
        {
            if (File.GetUnixFileMode(beside) != mode)
            {
                File.SetUnixFileMode(beside, mode);
            }
        }
    }

    // A connection that may write would take a killed process's log over into the file when it closes, whatever the file is.
    private void Check()
    {
        if (new FileInfo(FullPath) is not { Exists: true, Length: > 0 })
        {
            return;
        }

        // Without a write-ahead log, only a writer can undo what a killed process left half done.
        using var connection = Open(File.Exists(FullPath + "-journal") ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly);
        Missing(connection);
        if (connection.ExecuteScalar<string>("pragma quick_check(1)") is not "ok" and var damage)
        {
            throw new RecordsFileException(RecordsFileFaults.Damaged(Name, damage ?? ""));
        }
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = FullPath,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = (int)LockLimit.TotalSeconds,
        }.ConnectionString);
        try
        {
            connection.Open();
            // SQLite's own wait looks more often than the driver's. What a killed process committed stays; a power cut may cost the newest.
            var wait = string.Create(CultureInfo.InvariantCulture, $"pragma busy_timeout = {LockLimit.TotalMilliseconds}");
            connection.Execute($"{wait}; pragma synchronous = normal");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private IReadOnlyList<Migration> Missing(SqliteConnection connection)
    {
        var tables = connection.Query<string>("select name from sqlite_master where type = 'table'").AsList();
        if (!tables.Contains("coinsphere_migrations"))
        {
            return tables.Count == 0
                ? migrations
                : throw new RecordsFileException(
                    $"'{Name}' (Records:File) is a database of another program, and is left as it is: set the path of a file of its own");
        }

        var applied = connection.Query<string>("select name from coinsphere_migrations order by name").AsList();
        return applied.Find(name => !migrations.Any(migration => migration.Name == name)) is { } newer
            ? throw new RecordsFileException(
                $"'{Name}' (Records:File) was written by a newer release, which added {newer}, and is left as it is: start that release, or set another path")
            : migrations.Where(migration => !applied.Contains(migration.Name)).ToArray();
    }
}
