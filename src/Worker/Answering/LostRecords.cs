using System.Diagnostics.Metrics;

namespace Coinsphere.Messaging.Worker.Answering;

/// <summary>Counts what was answered but could not be told to the world, by the event's type: those answers are not recorded.</summary>
internal static class LostRecords
{
    public const string MeterName = "Coinsphere.Messaging";
    public const string CounterName = "coinsphere.records.lost";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Lost = Meter.CreateCounter<long>(CounterName, "{event}", "Events of answered requests that could not be published");

    public static void Count(string eventName) => Lost.Add(1, KeyValuePair.Create<string, object?>("event", eventName));
}
