namespace Coinsphere.Messaging.Hosting.Messaging;

/// <summary>
/// Events as plain JSON: a topic exchange that subscribers of any language bind queues to, and a stream queue bound to it that keeps the newest events in
/// one order for all gateways. Exchange and queue have different names, so that who may bind to the exchange may not read the queue.
/// </summary>
public static class EventLog
{
    /// <summary>The topic exchange.</summary>
    public const string Exchange = "events";

    /// <summary>The stream queue.</summary>
    public const string Queue = "event-log";

    /// <summary>The type, and the start of the routing key, of a prediction.</summary>
    public const string Prediction = "prediction";

    /// <summary>The type, and the start of the routing key, of a risk score.</summary>
    public const string Risk = "risk";

    /// <summary>The type, and the start of the routing key, of an alert.</summary>
    public const string Alert = "alert";

    /// <summary>The header with the instant of the computation, in milliseconds of Unix time.</summary>
    public const string ComputedAtHeader = "X-Computed-At";

    /// <summary>The keys by which the stream queue is bound: events about the present.</summary>
    public static IReadOnlyList<string> Bindings { get; } = [$"{Prediction}.#", $"{Risk}.#", $"{Alert}.#"];

    /// <summary>
    /// The arguments of the stream queue, which whoever declares it must repeat. The broker drops whole segments only, so a segment is a small part of the
    /// whole.
    /// </summary>
    public static IReadOnlyDictionary<string, object?> Arguments { get; } = new Dictionary<string, object?>
    {
        ["x-queue-type"] = "stream",
        ["x-max-length-bytes"] = 67_108_864L,
        ["x-max-age"] = "7D",
        ["x-stream-max-segment-size-bytes"] = 4_194_304L,
    };

    /// <summary>The routing key of a prediction. One for a past day has a key of its own, which the stream queue is not bound by.</summary>
    public static string PredictionKey(string symbol, string timeframe, DateOnly? asOf) =>
        $"{(asOf is null ? Prediction : "replay")}.{symbol}.{timeframe}";

    /// <summary>The routing key of a risk score.</summary>
    public static string RiskKey(string symbol, DateOnly? asOf) => $"{(asOf is null ? Risk : "replay-risk")}.{symbol}";

    /// <summary>The routing key of an alert.</summary>
    public static string AlertKey(string symbol) => $"{Alert}.{symbol}";
}
