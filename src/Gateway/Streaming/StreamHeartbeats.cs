using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// Lets the hub send heartbeats, spread over the interval as the listeners came, and ends every listener as soon as the host begins to stop: the server would
/// otherwise wait for their requests.
/// </summary>
internal sealed class StreamHeartbeats(
    EventHub hub, IOptions<StreamingOptions> options, TimeProvider time, IHostApplicationLifetime lifetime) : BackgroundService
{
    private const int TicksPerHeartbeat = 15;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stop = lifetime.ApplicationStopping.Register(hub.Stop);
        using var ticks = new PeriodicTimer(options.Value.Heartbeat / TicksPerHeartbeat, time);
        try
        {
            while (await ticks.WaitForNextTickAsync(stoppingToken))
            {
                hub.Tick();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }
}
