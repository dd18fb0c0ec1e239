using System.Reflection;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Traces, metrics and logs of this process. They are sent to an OpenTelemetry collector where one is configured; metrics can also be read by
/// Prometheus. Without either nothing is collected. Each part of the service adds the instrumentation of its own libraries
/// (<c>ConfigureOpenTelemetryTracerProvider</c>).
/// </summary>
public static class TelemetryServices
{
    private static readonly string[] Sources = [Meters.Name, "MassTransit"];

    /// <summary>Adds telemetry under a service's name. Call it before adding anything whose start or stop must be traced.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="serviceName">The name of the process in collectors.</param>
    /// <param name="hasMetricsEndpoint">Whether the host maps <see cref="MetricsEndpoint"/> on one of its own ports.</param>
    public static void AddTelemetry(this IHostApplicationBuilder builder, string serviceName, bool hasMetricsEndpoint = false)
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration("Telemetry").ValidateSection("Telemetry");
        builder.Services.AddOptions<MetricsOptions>().BindConfiguration(MetricsOptions.Section).ValidateSection(MetricsOptions.Section);
        var isSent = !string.IsNullOrWhiteSpace(builder.Configuration["Telemetry:OtlpEndpoint"]);
        var hasPort = builder.Configuration[$"{MetricsOptions.Section}:{nameof(MetricsOptions.Port)}"] is { Length: > 0 } and not "0";
        if (!isSent && !hasPort && !hasMetricsEndpoint)
        {
            return;
        }

        builder.Services.AddConditions();
        // Started first, so stopped last: what other services do while they stop is exported too.
        builder.Services.AddHostedService<LastSending>();
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, serviceName)).WithMetrics(metrics =>
        {
            metrics.AddMeter(Sources).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation();
            if (hasPort || hasMetricsEndpoint)
            {
                metrics.AddPrometheusExporter();
            }
        });
        if (isSent)
        {
            telemetry.Send();
        }

        if (hasPort)
        {
            builder.Services.AddHostedService<MetricsServer>();
        }
    }

    private static void Send(this OpenTelemetryBuilder telemetry)
    {
        telemetry.Services.AddSingleton<CollectorWatch>();
        telemetry.WithTracing(traces => traces
            .AddSource(Sources)
            .AddAspNetCoreInstrumentation(requests => requests.Filter = context => !context.Request.Path.Equals(MetricsOptions.Path, StringComparison.Ordinal))
            .AddHttpClientInstrumentation()
            .AddOtlpExporter("traces", configure: null));
        telemetry.WithMetrics(metrics => metrics.AddOtlpExporter("metrics", configureExporterAndMetricReader: null));
        telemetry.WithLogging(logs => logs.AddOtlpExporter("logs", configureExporter: null), logger => logger.IncludeFormattedMessage = true);
        foreach (var signal in new[] { "traces", "metrics", "logs" })
        {
            telemetry.Services.AddOptions<OtlpExporterOptions>(signal).Configure<IOptions<TelemetryOptions>>((exporter, options) =>
                (exporter.Protocol, exporter.Endpoint) = (options.Value.Protocol, options.Value.EndpointOf(signal)));
        }

        telemetry.Services.AddOptions<MetricReaderOptions>("metrics").Configure<IOptions<TelemetryOptions>>((reader, options) =>
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Value.MetricIntervalMs);
    }

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, since an operator's settings take precedence.
    private static void Describe(ResourceBuilder resource, string serviceName) => resource.Clear()
        .AddService(
            serviceName,
            serviceVersion: typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
