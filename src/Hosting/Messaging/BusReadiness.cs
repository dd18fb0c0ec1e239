using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>Tells services that send on their own when they may begin.</summary>
public static class BusReadiness
{
    /// <summary>
    /// Waits until the host runs and every endpoint of the bus listens. A host whose start fails, for example on a port in use, stops its bus, and
    /// messages sent earlier would be lost.
    /// </summary>
    /// <exception cref="OperationCanceledException">The host stops, or has failed to start.</exception>
    public static async Task WaitForStartAsync(this IBusControl bus, IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
    }
}
