using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Reports a collector that does not receive every signal. The exporter reports it only to its own event source, to which nothing listens by default.
/// </summary>
internal sealed class CollectorWatch(IOptions<TelemetryOptions> options, Conditions conditions) : EventListener
{
    private const string Name = "telemetry";

    // By endpoint: over gRPC all signals have the same one.
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);

    /// <summary>Whether something that was recently sent did not arrive.</summary>
    public bool IsUnavailable => !_failing.IsEmpty;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var endpoint = eventData.Payload is [string first, ..] && Uri.IsWellFormedUriString(first, UriKind.Absolute) ? first : "";
        if (eventData.EventName == "ExportSuccess")
        {
            _failing.TryRemove(endpoint, out _);
            _failing.TryRemove("", out _);
            if (_failing.IsEmpty)
            {
                conditions.Clear(Name);
            }
        }
        else if (eventData.Level <= EventLevel.Warning)
        {
            _failing[endpoint] = true;
            // The last part is the cause, an exception with its stack trace.
            var cause = eventData.Payload is [.., string last] ? last.Split('\n', 2)[0].Trim() : eventData.EventName;
            conditions.Note(Name, $"traces, metrics and logs do not reach {new Uri(options.Value.OtlpEndpoint!).Authority}: {cause}");
        }
    }
}
