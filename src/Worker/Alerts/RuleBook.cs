using Coinsphere.Messaging.Worker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// The rules in memory, so that events of symbols without rules cost no query. A change anywhere is seen here within a second; an event that is judged
/// sees it at once, since judging reads the rules' version.
/// </summary>
internal sealed partial class RuleBook(IRecordsDatabase database, AlertStore store, TimeProvider time, ILogger<RuleBook> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1);
    private RuleSet? _rules;

    /// <summary>Whether the rules have been read.</summary>
    public bool IsRead => Volatile.Read(ref _rules) is not null;

    /// <summary>The rules; read from the database where they have not been yet.</summary>
    public async ValueTask<RuleSet> ReadAsync(CancellationToken cancellationToken) =>
        Volatile.Read(ref _rules) ?? await RefreshAsync(-1, cancellationToken);

    /// <summary>The rules at another version than a known one, if there is one by now.</summary>
    public async Task<RuleSet> RefreshAsync(long known, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            // Another caller may have read them meanwhile.
            if (_rules is not { } rules || rules.Version == known)
            {
                rules = await store.RulesAsync(cancellationToken);
                Volatile.Write(ref _rules, rules);
            }

            return rules;
        }
        finally
        {
            _reading.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.WaitUntilReadyAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                var version = await store.RulesVersionAsync(stoppingToken);
                if (Volatile.Read(ref _rules) is not { } rules || rules.Version != version)
                {
                    var read = await RefreshAsync(Volatile.Read(ref _rules)?.Version ?? -1, stoppingToken);
                    LogRead(read.Count, read.Version);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Whoever needs the rules meets it too, and retries. Readiness has a note where the database is unavailable.
                if (database.IsUnavailable(failure))
                {
                    LogNotRead(failure.Message);
                }
                else
                {
                    LogFailed(failure);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Read {Count} alert rules at version {Version}")]
    private partial void LogRead(int count, long version);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert rules could not be read")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Alert rules could not be read: {Reason}")]
    private partial void LogNotRead(string reason);
}
