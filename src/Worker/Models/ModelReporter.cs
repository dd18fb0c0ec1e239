using Coinsphere.Messaging.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// Loads the supported symbols' models at the start and tells the gateways what is in memory: then, after each change, and every half
/// minute. Looks at the files each second, since cached answers bring no request here that would notice a swapped one.
/// </summary>
internal sealed partial class ModelReporter(ModelStore models, SymbolCatalog catalog, IBus bus, TimeProvider time, ILogger<ModelReporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(30);

    private readonly string _workerId = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly SemaphoreSlim _changed = new(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        models.Changed += OnChanged;
        try
        {
            await LookAsync(stoppingToken);
            while (true)
            {
                await ReportAsync(stoppingToken);
                var reported = time.GetTimestamp();
                while (!await ChangesAsync(stoppingToken) && time.GetElapsedTime(reported) < ReportInterval)
                    await LookAsync(stoppingToken);
            }
        }
        finally
        {
            models.Changed -= OnChanged;
        }
    }

    public override void Dispose()
    {
        _changed.Dispose();
        base.Dispose();
    }

    private void OnChanged() => _changed.Release();

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var symbol in catalog.Supported)
                await models.GetAllAsync(symbol, stoppingToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A folder that is being replaced; the next look sees it.
            LogNotLooked(failure);
        }
    }

    /// <summary>Whether something changes before it is time to look again.</summary>
    private async Task<bool> ChangesAsync(CancellationToken stoppingToken)
    {
        using var interval = new CancellationTokenSource(LookInterval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, stoppingToken);
        try
        {
            await _changed.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        while (_changed.Wait(0, CancellationToken.None))
        {
            // Several changes are one report.
        }

        try
        {
            await bus.Publish(new ModelsReported(_workerId, models.LoadedSymbols), stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next report tells the same; readiness shows what is missing meanwhile.
            LogNotReported(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Checkpoints could not be looked at")]
    private partial void LogNotLooked(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Loaded models could not be reported")]
    private partial void LogNotReported(Exception exception);
}
