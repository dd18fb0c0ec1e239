using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Sends traces and metrics of this process to an OpenTelemetry collector, where one is configured.</summary>
public static class TelemetryServices
{
    /// <summary>Adds it under a service's name. Call it before anything that is to be seen starting or stopping.</summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration("Telemetry").ValidateSection("Telemetry");
        builder.Services.AddConditions();
        builder.Services.AddHostedService(services => new Telemetry(serviceName, services.GetRequiredService<IOptions<TelemetryOptions>>(), services.GetRequiredService<Conditions>()));
    }
}

// Everything here emits by itself: ASP.NET Core, the bus, the database driver and the runtime are only subscribed to.
internal sealed class Telemetry(string serviceName, IOptions<TelemetryOptions> options, Conditions conditions) : IHostedService, IDisposable
{
    private static readonly string[] Sources = [Meters.Name, "Microsoft.AspNetCore", "MassTransit", "Npgsql"];

    private static readonly string[] MeterNames =
    [
        Meters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "MassTransit", "Npgsql", "System.Runtime",
    ];

    // A collector that is away must not keep the process from its end.
    private static readonly TimeSpan LastSending = TimeSpan.FromSeconds(2);

    private TracerProvider? _traces;
    private MeterProvider? _metrics;
    private CollectorWatch? _watch;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
            return Task.CompletedTask;
        _watch = new CollectorWatch(new Uri(options.Value.OtlpEndpoint!), conditions);
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddSource(Sources)
            .AddOtlpExporter(exporter => Send(exporter, "traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddMeter(MeterNames)
            .AddOtlpExporter((exporter, reader) =>
            {
                Send(exporter, "metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Value.MetricIntervalMs;
            })
            .Build();
        return Task.CompletedTask;
    }

    // Started first, so stopped last: what others do while they stop is sent too.
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => _traces?.Shutdown((int)LastSending.TotalMilliseconds), CancellationToken.None),
        Task.Run(() => _metrics?.Shutdown((int)LastSending.TotalMilliseconds), CancellationToken.None));

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        _watch?.Dispose();
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, since what an operator says goes before what we think.
    private ResourceBuilder Resource() => ResourceBuilder.CreateEmpty()
        .AddService(serviceName, serviceVersion: typeof(Telemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();

    private void Send(OtlpExporterOptions exporter, string signal)
    {
        exporter.Protocol = options.Value.Protocol;
        exporter.Endpoint = options.Value.EndpointOf(signal);
    }
}
