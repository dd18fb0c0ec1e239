using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Tells the gateways which models are in memory: at the start, after each change, and every few seconds, for a gateway that has just started.</summary>
internal sealed partial class ModelReporter(
    ModelStore models, IEngine engine, Conditions conditions, IBusControl bus, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ModelReporter> logger) : BackgroundService
{
    private readonly string _workerId = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    // Never disposed: it holds nothing, and a change on its way may still release it.
    private readonly SemaphoreSlim _changed = new(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        models.Changed += OnChanged;
        conditions.Changed += OnChanged;
        try
        {
            // A report made before every endpoint listens would be lost on a gateway in this process.
            await bus.WaitForStartAsync(lifetime, stoppingToken);
            while (true)
            {
                await ReportAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        finally
        {
            models.Changed -= OnChanged;
            conditions.Changed -= OnChanged;
        }
    }

    private void OnChanged() => _changed.Release();

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var interval = new CancellationTokenSource(ModelsReported.Interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, stoppingToken);
        try
        {
            await _changed.WaitAsync(either.Token);
            while (_changed.Wait(0, CancellationToken.None))
            {
                // Several changes are one report.
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The interval has passed.
        }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        // That the broker is away is told once.
        if (bus.CheckHealth().Status != BusHealthStatus.Healthy)
        {
            return;
        }

        try
        {
            // A broker that is killed may never confirm.
            var report = new ModelsReported(_workerId, models.LoadedSymbols, conditions.Reasons, conditions.Notes, engine.Name);
            await bus.Publish(report, stoppingToken).WaitAsync(ModelsReported.Interval, time, stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next report tells the same; readiness shows what is missing meanwhile.
            LogNotReported(failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Loaded models could not be reported: {Fault}")]
    private partial void LogNotReported(string fault);
}
