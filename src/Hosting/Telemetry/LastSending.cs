using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Sends what is still held when everything else has stopped. The library would do so only when the container is disposed of, one signal after the other and up
/// to five seconds each.
/// </summary>
internal sealed class LastSending(IServiceProvider services) : IHostedService
{
    // On a busy machine sending takes longer than one thinks. A collector that is away must not keep the process from its end.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LimitWhileAway = TimeSpan.FromSeconds(2);

    private readonly CollectorWatch? _collector = services.GetService<CollectorWatch>();
    private readonly TracerProvider? _traces = services.GetService<TracerProvider>();
    private readonly MeterProvider? _metrics = services.GetService<MeterProvider>();
    private readonly LoggerProvider? _logs = services.GetService<LoggerProvider>();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        var limit = (int)(_collector is { IsAway: false } ? Limit : LimitWhileAway).TotalMilliseconds;
        return Task.WhenAll(
            OnAThreadOfItsOwn(() => _traces?.Shutdown(limit)),
            OnAThreadOfItsOwn(() => _metrics?.Shutdown(limit)),
            OnAThreadOfItsOwn(() => _logs?.Shutdown(limit)));
    }

    // Shutdown blocks, and the exporter needs threads of the pool to connect: on a machine of two cores two blocked ones are all there are until the pool adds
    // one, a second later or more. Spans were lost by that.
    private static Task OnAThreadOfItsOwn(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
