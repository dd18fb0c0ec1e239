using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>The body of <c>POST /api/v1/alerts/rules</c> and <c>PUT /api/v1/alerts/rules/{id}</c>.</summary>
public sealed record AlertRuleBody(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("when")] string? When,
    [property: JsonPropertyName("value")] double? Value = null,
    [property: JsonPropertyName("class")] string? Class = null,
    [property: JsonPropertyName("timeframe")] string? Timeframe = null,
    [property: JsonPropertyName("quiet_minutes")] int? QuietMinutes = null,
    [property: JsonPropertyName("webhook")] string? Webhook = null,
    [property: JsonPropertyName("secret")] string? Secret = null,
    [property: JsonPropertyName("id")] string? Id = null)
{
    internal AlertRulePutRequested ToMessage(string? id) => new(Symbol, When)
    {
        Id = id,
        Value = Value,
        Class = Class,
        Timeframe = Timeframe,
        QuietMinutes = QuietMinutes,
        Webhook = Webhook,
        Secret = Secret,
    };
}
