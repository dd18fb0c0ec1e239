using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Telemetry;

/// <summary>
/// Tells of a collector that takes nothing, or not every signal. The exporter tells only its own event source of it, which nobody hears by default.
/// </summary>
internal sealed class CollectorWatch(IOptions<TelemetryOptions> options, Conditions conditions) : EventListener
{
    private const string Name = "telemetry";

    // By where they are sent; over gRPC all signals go to one place.
    private readonly ConcurrentDictionary<string, bool> _failing = new(StringComparer.Ordinal);

    /// <summary>Whether something that was sent lately did not arrive.</summary>
    public bool IsAway => !_failing.IsEmpty;

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
            // The last part is the cause, an exception with its trace.
            var cause = eventData.Payload is [.., string last] ? last.Split('\n', 2)[0].Trim() : eventData.EventName;
            conditions.Note(Name, $"traces, metrics and logs do not reach {new Uri(options.Value.OtlpEndpoint!).Authority}: {cause}");
        }
    }
}
