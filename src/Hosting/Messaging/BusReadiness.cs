using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>When a service that sends by itself may begin.</summary>
public static class BusReadiness
{
    /// <summary>
    /// Waits until the host runs and every endpoint of the bus listens: what is sent by a host whose start fails, as on a port in use, meets a bus that ends.
    /// </summary>
    /// <exception cref="OperationCanceledException">The host stops, also where it never ran.</exception>
    public static async Task WaitForStartAsync(this IBusControl bus, IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, stoppingToken);
    }
}
