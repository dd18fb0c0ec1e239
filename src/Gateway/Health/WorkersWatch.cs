using Coinsphere.Messaging.Hosting.Health;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>Logs when no worker reports any more, while that lasts, and when one reports again. Readiness shows it too (<see cref="WorkersCheck"/>).</summary>
internal sealed class WorkersWatch(LoadedModels models, IBusControl bus, Conditions conditions, TimeProvider time) : BackgroundService
{
    private const string Name = "workers";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var silent = time.GetTimestamp();
        using var interval = new PeriodicTimer(Interval, time);
        while (await interval.WaitForNextTickAsync(stoppingToken))
        {
            if (models.AnyWorker)
            {
                conditions.Clear(Name);
            }

            // Without a broker no report can arrive, and the broker has its own condition. At start the first report takes some time.
            if (models.AnyWorker || bus.CheckHealth().Status != BusHealthStatus.Healthy)
            {
                silent = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(silent) >= 2 * Contracts.ModelsReported.Interval)
            {
                conditions.Reason(Name, WorkersCheck.NoWorker);
            }
        }
    }
}
