using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// Loads the models of supported symbols before the first request, and refreshes them when their folder changes: at a notification of the operating
/// system, and every few seconds, since there are no notifications for network folders.
/// </summary>
internal sealed partial class ModelWatcher(
    ModelStore models,
    IOptions<ModelsOptions> options,
    TimeProvider time,
    ILogger<ModelWatcher> logger) : BackgroundService
{
    // A file that is written in place raises many notifications. After this pause it is probably complete; if not, it is read again later.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private const int MaxPauses = 4;

    private readonly SemaphoreSlim _changes = new(0);
    private FileSystemWatcher? _events;
    private DateTime _folderCreated;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        EnsureWatcher();
        await models.RefreshAsync(cancellationToken);
        var loaded = models.LoadedSymbols;
        var symbols = string.Join(", ", loaded);
        LogLoaded(loaded.Count, symbols);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (await WaitForChangeAsync(options.Value.PollInterval, stoppingToken))
            {
                for (var pauses = 0; pauses < MaxPauses && await WaitForChangeAsync(Pause, stoppingToken); pauses++)
                {
                    // More notifications are coming.
                }
            }

            EnsureWatcher();
            await models.RefreshAsync(stoppingToken);
        }
    }

    public override void Dispose()
    {
        // The semaphore is not disposed: a late notification may still release it.
        _events?.Dispose();
        base.Dispose();
    }

    // A folder that was replaced needs a new watcher.
    private void EnsureWatcher()
    {
        try
        {
            var created = Directory.GetCreationTimeUtc(options.Value.Folder);
            if (created == _folderCreated && _events is not null)
            {
                return;
            }

            _folderCreated = created;
            _events?.Dispose();
            _events = null;
            // The refresh reports a missing folder.
            if (!Directory.Exists(options.Value.Folder))
            {
                return;
            }

            var events = new FileSystemWatcher(options.Value.Folder)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            foreach (var pattern in CheckpointFolder.Patterns)
            {
                events.Filters.Add(pattern);
            }

            events.Filters.Add(CheckpointFolder.VolatilityName);

            events.Created += (_, _) => Signal();
            events.Changed += (_, _) => Signal();
            events.Renamed += (_, _) => Signal();
            events.Deleted += (_, _) => Signal();
            // The buffer of notifications has overflowed. A refresh finds all changes.
            events.Error += (_, _) => Signal();
            events.EnableRaisingEvents = true;
            _events = events;
        }
        catch (Exception fault) when (fault is ArgumentException or IOException or UnauthorizedAccessException)
        {
            LogPolling(options.Value.Folder, fault.Message, options.Value.PollInterval);
        }
    }

    private void Signal() => _changes.Release();

    /// <summary>Waits for a notification; false where none comes within that time.</summary>
    private async Task<bool> WaitForChangeAsync(TimeSpan within, CancellationToken stoppingToken)
    {
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            await _changes.WaitAsync(either.Token);
            while (_changes.Wait(0, CancellationToken.None))
            {
                // Several notifications make one refresh.
            }

            return true;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} models loaded: {Symbols}")]
    private partial void LogLoaded(int count, string symbols);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changed of files in {Folder} raise no notifications: {Fault} The folder is rescanned every {Interval}")]
    private partial void LogPolling(string folder, string fault, TimeSpan interval);
}
