using Coinsphere.Messaging.Hosting.Messaging;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>What listeners choose from.</summary>
internal enum StreamChannel
{
    Predictions,
    Risk,
    Alerts,
}

/// <summary>The names of channels and of their events.</summary>
internal static class StreamChannels
{
    private static readonly (StreamChannel Channel, string Name, string Event)[] Known =
    [
        (StreamChannel.Predictions, "predictions", EventLog.Prediction),
        (StreamChannel.Risk, "risk", EventLog.Risk),
        (StreamChannel.Alerts, "alerts", EventLog.Alert),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    public static string Name(this StreamChannel channel) => Known[(int)channel].Name;

    public static string Event(this StreamChannel channel) => Known[(int)channel].Event;

    public static StreamChannel? Named(string? name) => First(known => known.Name == name);

    public static StreamChannel? OfEvent(string? type) => First(known => known.Event == type);

    private static StreamChannel? First(Func<(StreamChannel Channel, string Name, string Event), bool> isMeant) =>
        Known.Where(isMeant).Select(known => (StreamChannel?)known.Channel).FirstOrDefault();
}
