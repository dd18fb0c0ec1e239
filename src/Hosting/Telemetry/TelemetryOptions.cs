using System.ComponentModel.DataAnnotations;
using OpenTelemetry.Exporter;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Section <c>Telemetry</c>. OpenTelemetry's own variables <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and <c>OTEL_EXPORTER_OTLP_PROTOCOL</c> set it too.
/// </summary>
public sealed class TelemetryOptions : IValidatableObject
{
    /// <summary>The URL of the collector; without one, nothing is sent.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary><c>grpc</c> (a collector's port 4317) or <c>http/protobuf</c> (its port 4318).</summary>
    public string OtlpProtocol { get; set; } = "grpc";

    /// <summary>How often metrics are sent; <c>OTEL_METRIC_EXPORT_INTERVAL</c> (milliseconds) sets it.</summary>
    [Range(100, 3_600_000)]
    public int MetricIntervalMs { get; set; } = 60_000;

    /// <summary>Whether anything is collected.</summary>
    public bool Enabled => !string.IsNullOrWhiteSpace(OtlpEndpoint);

    internal OtlpExportProtocol Protocol => OtlpProtocol == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;

    /// <summary>The URL of a signal (<c>traces</c>, <c>metrics</c>, <c>logs</c>). Over HTTP each has its own path below the endpoint.</summary>
    internal Uri EndpointOf(string signal) => Protocol == OtlpExportProtocol.Grpc
        ? new Uri(OtlpEndpoint!)
        : new Uri($"{OtlpEndpoint!.TrimEnd('/')}/v1/{signal}");

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Enabled && !(Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https" }))
        {
            yield return new("expected a URL such as http://localhost:4317", [nameof(OtlpEndpoint)]);
        }

        if (OtlpProtocol is not ("grpc" or "http/protobuf"))
        {
            yield return new("expected grpc or http/protobuf", [nameof(OtlpProtocol)]);
        }
    }
}
