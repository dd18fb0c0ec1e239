using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>Serves <c>/metrics</c> on a separate port. A reader of metrics can reach nothing else there, and a worker has no other port.</summary>
internal sealed class MetricsServer(IOptions<MetricsOptions> options, MeterProvider metrics) : IHostedService, IAsyncDisposable
{
    private WebApplication? _app;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Value.Address);
        });
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapMetrics(metrics);
        return _app.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Maps <c>/metrics</c>.</summary>
public static class MetricsEndpoint
{
    /// <summary>Maps it on a host with telemetry.</summary>
    public static void MapMetrics(this WebApplication app) => app.MapMetrics(app.Services.GetRequiredService<MeterProvider>());

    // A reader of metrics is not a user: its requests are neither counted nor traced.
    internal static void MapMetrics(this IEndpointRouteBuilder endpoints, MeterProvider metrics) =>
        endpoints.MapPrometheusScrapingEndpoint(MetricsOptions.Path, metrics, configureBranchedPipeline: null, optionsName: null).DisableHttpMetrics();
}
