using System.Diagnostics.Tracing;

namespace Coinsphere.Messaging.Hosting;

/// <summary>Tells of a collector that takes nothing. The exporter tells only its own event source of it, which nobody hears by default.</summary>
internal sealed class CollectorWatch(Uri collector, Conditions conditions) : EventListener
{
    private const string Name = "telemetry";

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
        {
            EnableEvents(eventSource, EventLevel.Informational);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName == "ExportSuccess")
        {
            conditions.Clear(Name);
        }
        else if (eventData.Level <= EventLevel.Warning)
        {
            // The last part is the cause, an exception with its trace.
            var cause = eventData.Payload is [.., string last] ? last.Split('\n', 2)[0].Trim() : eventData.EventName;
            conditions.Note(Name, $"traces and metrics do not reach {collector.Authority}: {cause}");
        }
    }
}
