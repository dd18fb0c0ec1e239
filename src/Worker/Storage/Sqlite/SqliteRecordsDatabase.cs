using System.Data.Common;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Storage.Sqlite;

/// <summary>
/// The records in one file, of one process. Its tables are made at start, and again when the file was removed. While it cannot be used, answers go on,
/// readiness has a note, and it is tried again. A file that only a person can repair is looked at again once it has changed.
/// </summary>
internal sealed partial class SqliteRecordsDatabase(
    RecordsFile file, Conditions conditions, TimeProvider time, ILogger<SqliteRecordsDatabase> logger) : BackgroundService, IRecordsDatabase
{
    private const string ConditionName = "records-file";
    private const string LockFolder = ".locks";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // How long a message waits for the first look at the file.
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _failed = new(0, 1);
    private volatile string? _fault = "'" + file.Name + "' (Records:File) is being opened";
    private (DateTime Written, long Length)? _left;

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_fault is not null)
        {
            await _ready.Task.WaitAsync(ReadyLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return _fault is { } fault ? throw new RecordsFileException(fault) : file.OpenToWrite();
    }

    public async Task<bool> TryLockedAsync(long key, Func<DbConnection, Task> work, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var locks = Directory.CreateDirectory(Path.Join(Path.GetDirectoryName(file.FullPath), LockFolder)).FullName;
        // Also against a second service that was started on the same file.
        using var held = FileLock.Try(Path.Join(locks, $"{Path.GetFileName(file.FullPath)}-{key:x16}"));
        if (held is null)
        {
            return false;
        }

        await work(connection);
        return true;
    }

    public bool IsUnavailable(Exception failure) => RecordsFileFaults.IsUnavailable(failure);

    /// <summary>A write failed. Where it is not a lock or a full disk, nothing more is written until the file has been looked at again.</summary>
    public void Report(Exception failure)
    {
        conditions.Note(ConditionName, Note(failure));
        if (RecordsFileFaults.IsLasting(failure) || RecordsFileFaults.IsReadOnly(failure) || !File.Exists(file.FullPath))
        {
            Close(failure);
        }
    }

    /// <summary>A write succeeded.</summary>
    public void Written()
    {
        if (_fault is null)
        {
            conditions.Clear(ConditionName);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_fault is not null)
        {
            return;
        }

        try
        {
            file.Merge();
        }
        catch (Exception failure) when (IsUnavailable(failure))
        {
            // The log stays beside the file, and is read with it.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Checking a large file takes a while: answers do not wait for it.
        await Task.Yield();
        while (true)
        {
            while (!TryPrepare())
            {
                await Task.Delay(Pause, time, stoppingToken);
            }

            await _failed.WaitAsync(stoppingToken);
        }
    }

    private bool TryPrepare()
    {
        if (_left is { } left && left == Stamp())
        {
            return false;
        }

        try
        {
            foreach (var migration in file.Prepare(time.GetUtcNow()))
            {
                LogApplied(migration, file.Name);
            }
        }
        catch (Exception failure) when (IsUnavailable(failure))
        {
            conditions.Note(ConditionName, Note(failure));
            _fault = RecordsFileFaults.Describe(file.Name, failure);
            _left = RecordsFileFaults.IsLasting(failure) ? Stamp() : null;
            return false;
        }

        (_left, _fault) = (null, null);
        conditions.Clear(ConditionName);
        _ready.TrySetResult();
        return true;
    }

    private void Close(Exception failure)
    {
        if (Interlocked.Exchange(ref _fault, RecordsFileFaults.Describe(file.Name, failure)) is null)
        {
            _failed.Release();
        }
    }

    private string Note(Exception failure) => "predictions are not recorded: " + RecordsFileFaults.Describe(file.Name, failure);

    private (DateTime Written, long Length)? Stamp()
    {
        var found = new FileInfo(file.FullPath);
        return found.Exists ? (found.LastWriteTimeUtc, found.Length) : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Migration} to {File}")]
    private partial void LogApplied(string migration, string file);
}
