using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// Loads the supported symbols' models before the first request, and again whenever their folder changes: when the system tells of a change, and
/// every few seconds, since of changes on network folders it tells nobody.
/// </summary>
internal sealed partial class ModelWatcher(
    ModelStore models,
    IOptions<ModelsOptions> options,
    TimeProvider time,
    ILogger<ModelWatcher> logger) : BackgroundService
{
    // A file written in place tells of many changes. What is quiet for so long is probably whole, and what is not is read again.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(100);
    private const int MostWaits = 4;

    private readonly SemaphoreSlim _told = new(0);
    private FileSystemWatcher? _events;
    private DateTime _folderCreated;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Listen();
        await models.LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (await IsToldAsync(options.Value.PollInterval, stoppingToken))
            {
                for (var waits = 0; waits < MostWaits && await IsToldAsync(Quiet, stoppingToken); waits++)
                {
                    // Not yet quiet.
                }
            }

            Listen();
            await models.LookAsync(stoppingToken);
        }
    }

    public override void Dispose()
    {
        // Not what an event on its way may still release.
        _events?.Dispose();
        base.Dispose();
    }

    // A folder that was replaced is another one, of which the system tells nothing until it is asked to.
    private void Listen()
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
            // A missing folder is the look's to tell.
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

            events.Created += (_, _) => Tell();
            events.Changed += (_, _) => Tell();
            events.Renamed += (_, _) => Tell();
            events.Deleted += (_, _) => Tell();
            // More changes than the system keeps; a look sees them all.
            events.Error += (_, _) => Tell();
            events.EnableRaisingEvents = true;
            _events = events;
        }
        catch (Exception fault) when (fault is ArgumentException or IOException or UnauthorizedAccessException)
        {
            LogPolling(options.Value.Folder, fault.Message, options.Value.PollInterval);
        }
    }

    private void Tell() => _told.Release();

    /// <summary>Whether the system tells of a change within that time.</summary>
    private async Task<bool> IsToldAsync(TimeSpan within, CancellationToken stoppingToken)
    {
        using var limit = new CancellationTokenSource(within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stoppingToken);
        try
        {
            await _told.WaitAsync(either.Token);
            while (_told.Wait(0, CancellationToken.None))
            {
                // One look sees several changes.
            }

            return true;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The system tells of no changes in {Folder}: {Fault} It is looked at every {Interval}")]
    private partial void LogPolling(string folder, string fault, TimeSpan interval);
}
