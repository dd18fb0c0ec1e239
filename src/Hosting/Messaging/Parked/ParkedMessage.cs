using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Hosting.Messaging.Parked;

/// <summary>The description of a message that failed.</summary>
/// <param name="Subject">What it is about, where its body can be read: symbol, day, prediction id.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="Since">When it failed; null where that was not recorded.</param>
public sealed record ParkedMessage(string Subject, string Reason, DateTimeOffset? Since)
{
    private const int LongestReason = 200;

    private static readonly string[] SubjectNames = ["symbol", "day", "prediction_id", "timeframe"];

    internal static ParkedMessage Read(BasicGetResult message)
    {
        var headers = message.BasicProperties.Headers;
        if (Text(headers, "MT-Fault-Message") is { Length: > 0 } fault)
        {
            return new(SubjectOf(message.Body), OneLine(fault), Instant(Text(headers, "MT-Fault-Timestamp")));
        }

        if (headers?.TryGetValue("x-death", out var deaths) == true && deaths is IList { Count: > 0 } list && list[0] is IDictionary<string, object?> death)
        {
            var reason = Text(death, "reason") switch
            {
                "delivery_limit" => "delivered too often: workers crashed with it",
                { } other => other,
                null => "dead-lettered",
            };
            return new(
                SubjectOf(message.Body),
                reason,
                death.TryGetValue("time", out var time) && time is AmqpTimestamp at ? DateTimeOffset.FromUnixTimeSeconds(at.UnixTime) : null);
        }

        return new(SubjectOf(message.Body), "no consumer for it", null);
    }

    // The message is inside the envelope; in a recorded prediction the answer is inside the message.
    private static string SubjectOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var message = Inner(Inner(document.RootElement, "message"), "answer");
            return message.ValueKind == JsonValueKind.Object
                ? string.Join(
                    ' ',
                    SubjectNames.Select(name => message.TryGetProperty(name, out var value) ? value.ToString() : "").Where(text => text.Length > 0))
                : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static JsonElement Inner(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : element;

    private static string? Text(IDictionary<string, object?>? headers, string name) =>
        headers?.TryGetValue(name, out var value) == true ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value as string : null;

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= LongestReason ? line : line[..LongestReason] + " ...";
    }

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
