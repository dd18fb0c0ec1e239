using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Keys;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Telemetry;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Reports to the gateways which models are in memory, and what the process has counted: at start, after each change, and every few seconds, for gateways that started later.</summary>
internal sealed partial class ModelReporter(
    ModelStore models, IEngine engine, Conditions conditions, Tally tally, ReportedKeys keys, IOptions<FeedOptions> feed, IBusControl bus,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ModelReporter> logger) : BackgroundService
{
    // A report travels by the broker, so it never says that the broker is unavailable.
    private const string Broker = BrokerWatch.Name + ": ";

    // How long to wait between checks while there is no broker.
    private static readonly TimeSpan WithoutBroker = TimeSpan.FromMilliseconds(500);

    private readonly string _workerId = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    // Never disposed: it holds no handle, and a late change event may still release it.
    private readonly SemaphoreSlim _changed = new(0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        models.Changed += OnChanged;
        conditions.Changed += OnChanged;
        keys.Changed += OnChanged;
        try
        {
            // A report that is published before every endpoint of this process listens would not reach a gateway in the same process.
            await bus.WaitForStartAsync(lifetime, stoppingToken);
            while (true)
            {
                // While the broker is unavailable nothing is sent: the watch of the broker reports that once.
                var hasBroker = bus.CheckHealth().Status == BusHealthStatus.Healthy;
                if (hasBroker)
                {
                    await ReportAsync(stoppingToken);
                }

                await WaitAsync(hasBroker ? ModelsReported.Interval : WithoutBroker, stoppingToken);
            }
        }
        finally
        {
            models.Changed -= OnChanged;
            conditions.Changed -= OnChanged;
            keys.Changed -= OnChanged;
        }
    }

    private void OnChanged() => _changed.Release();

    private async Task WaitAsync(TimeSpan atMost, CancellationToken stoppingToken)
    {
        using var interval = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interval.Token, stoppingToken);
        try
        {
            await _changed.WaitAsync(either.Token);
            while (_changed.Wait(0, CancellationToken.None))
            {
                // Several changes make one report.
            }
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // The interval has passed.
        }
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A broker that was killed may never confirm.
            string[] reasons = [.. conditions.Reasons.Where(reason => !reason.StartsWith(Broker, StringComparison.Ordinal))];
            var report = new ModelsReported(_workerId, models.LoadedSymbols, reasons, conditions.Notes, engine.Name)
            {
                Keys = keys.Current,
                Slots = Interactive.Slots,
                State = tally.Report(feed.Value.Source is FeedSource.None ? null : feed.Value.Source.ToString()),
            };
            await bus.Publish(report, stoppingToken).WaitAsync(ModelsReported.Interval, time, stoppingToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The next report repeats it. Readiness shows meanwhile what is missing.
            LogNotReported(failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Loaded models could not be reported: {Fault}")]
    private partial void LogNotReported(string fault);
}
