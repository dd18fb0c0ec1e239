using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>Section <c>Metrics</c>: where Prometheus can read <c>/metrics</c> of this process.</summary>
public sealed class MetricsOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Metrics";

    /// <summary>The path, the same on every port.</summary>
    public const string Path = "/metrics";

    /// <summary>A separate port for metrics; 0 for none.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; }

    /// <summary>The address to listen on; <c>0.0.0.0</c> for all.</summary>
    public string Host { get; set; } = "127.0.0.1";

    internal IPEndPoint Address => new(IPAddress.Parse(Host), Port);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Host, out _))
        {
            yield return new("expected an IP address, 0.0.0.0 for all", [nameof(Host)]);
        }
    }
}
