using Coinsphere.Messaging.Hosting.Health;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>
/// Tells the log when the last worker has gone silent, while that lasts and when one is back. Readiness says so by itself (<see cref="WorkersCheck"/>).
/// </summary>
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

            // Nobody hears of a worker without a broker, which is told of. At the start the first report takes some time.
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
