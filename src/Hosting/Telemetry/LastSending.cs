using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Exports the remaining telemetry when everything else has stopped. The library would do so only when the container is disposed, one signal after
/// the other and up to five seconds each.
/// </summary>
internal sealed class LastSending(IServiceProvider services) : IHostedService
{
    // On a busy machine an export takes long. An unavailable collector must not delay the end of the process.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LimitWhileUnavailable = TimeSpan.FromSeconds(2);

    private readonly CollectorWatch? _collector = services.GetService<CollectorWatch>();
    private readonly TracerProvider? _traces = services.GetService<TracerProvider>();
    private readonly MeterProvider? _metrics = services.GetService<MeterProvider>();
    private readonly LoggerProvider? _logs = services.GetService<LoggerProvider>();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        var limit = (int)(_collector is { IsUnavailable: false } ? Limit : LimitWhileUnavailable).TotalMilliseconds;
        return Task.WhenAll(
            OnAThreadOfItsOwn(() => _traces?.Shutdown(limit)),
            OnAThreadOfItsOwn(() => _metrics?.Shutdown(limit)),
            OnAThreadOfItsOwn(() => _logs?.Shutdown(limit)));
    }

    // Shutdown blocks its thread, and the exporter needs threads of the pool to connect. On a machine of two cores two blocked threads are all there
    // are, until the pool adds one a second or more later. Spans were lost by that.
    private static Task OnAThreadOfItsOwn(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
