using System.Text.Json;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>The body of a webhook: <c>type</c>, <c>timestamp</c> and <c>data</c>, as the Standard Webhooks scheme has it.</summary>
internal static class WebhookEvent
{
    private static readonly JsonSerializerOptions Written = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The event of an alert.</summary>
    /// <param name="alert">The alert as JSON.</param>
    public static string OfAlert(string alert) => Text("alert.raised", JsonNode.Parse(alert)!);

    /// <summary>An event that a person asked for, to see whether a webhook works. It says so.</summary>
    public static string OfTest(AlertRule rule, string id, DateTimeOffset now) => Text("alert.test", JsonSerializer.SerializeToNode(
        new Alert(id, rule.Id, rule.Symbol, now, null, rule.Value)
        {
            When = rule.When,
            Message = $"A test of the webhook of rule {rule.Id}: nothing was raised",
            Timeframe = rule.Timeframe,
        },
        ContractsJson.Body.Alert)!);

    private static string Text(string type, JsonNode alert) => new JsonObject
    {
        ["type"] = type,
        ["timestamp"] = alert["raised_at"]!.DeepClone(),
        ["data"] = alert,
    }.ToJsonString(Written);
}
