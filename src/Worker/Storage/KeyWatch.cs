using Coinsphere.Messaging.Hosting.Keys;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Reads the keys of callers every second or so, for the reports to gateways. While they cannot be read nothing is reported of them: another worker may read
/// them, and a gateway keeps what it knows. The database's own watch says what is wrong with it.
/// </summary>
internal sealed partial class KeyWatch(IRecordsSource source, ReportedKeys reported, TimeProvider time, ILogger<KeyWatch> logger) : BackgroundService
{
    /// <summary>A key that is revoked is refused everywhere within five seconds: this, the report at once, and what a busy machine takes.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.5);

    private string? _fault;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Pause, time);
        do
        {
            await ReadAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ReadAsync(CancellationToken stoppingToken)
    {
        try
        {
            reported.Set(await source.ReadAsync(connection => KeyStore.ReadValidAsync(connection, stoppingToken), stoppingToken));
            _fault = null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            reported.Set(null);
            if (_fault != failure.Message)
            {
                _fault = failure.Message;
                LogNotRead(failure.Message);
            }
        }
    }

    // At debug: a database that is not there is reported already, and one without the table belongs to an older release.
    [LoggerMessage(Level = LogLevel.Debug, Message = "The keys of callers could not be read: {Fault}")]
    private partial void LogNotRead(string fault);
}
