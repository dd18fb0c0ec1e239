using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>A condition on new predictions, risk scores, data or models. Each time that it becomes true, an <see cref="Alert"/> is raised once.</summary>
/// <param name="Id">The rule's id: 1 to 64 of a-z, A-Z, 0-9, <c>-</c> and <c>_</c>.</param>
/// <param name="Symbol">The canonical symbol; <c>*</c> for each symbol on its own.</param>
/// <param name="When">The condition, one of <see cref="AlertConditions.All"/>.</param>
/// <param name="QuietMinutes">For so many minutes after an alert, the rule raises no other one of the same symbol.</param>
public sealed record AlertRule(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("when")] string When,
    [property: JsonPropertyName("quiet_minutes")] int QuietMinutes)
{
    /// <summary>The symbol of a rule for each symbol.</summary>
    public const string EverySymbol = "*";

    /// <summary>
    /// The threshold: a probability (0..1), a volatility or a width (fractions), a risk score (0..100), or an age in days. Left out where the condition has
    /// none.
    /// </summary>
    [JsonPropertyName("value"), JsonConverter(typeof(PlainNumberConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Value { get; init; }

    /// <summary>The class whose probability counts: <c>bearish</c>, <c>neutral</c> or <c>bullish</c>. Left out where the condition has none.</summary>
    [JsonPropertyName("class"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Class { get; init; }

    /// <summary>The horizon of the predictions that count, one of <see cref="Timeframes.All"/>. Left out where the condition has none.</summary>
    [JsonPropertyName("timeframe"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Timeframe { get; init; }

    /// <summary>Where alerts are posted to; left out where they are not.</summary>
    [JsonPropertyName("webhook"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Webhook { get; init; }

    /// <summary>
    /// The secret that webhooks are signed with, <c>whsec_</c> and base64. Shown once, where a reply has made or taken it; left out in every other one.
    /// </summary>
    [JsonPropertyName("secret"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>When the rule was made. Null only in what was not stored.</summary>
    [JsonPropertyName("created_at"), JsonConverter(typeof(InstantConverter)), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>What became of the webhook's deliveries; left out where the rule has no webhook.</summary>
    [JsonPropertyName("deliveries"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WebhookDeliveries? Deliveries { get; init; }
}

/// <summary>What became of a webhook's deliveries.</summary>
/// <param name="Delivered">How many the receiver has accepted.</param>
/// <param name="Waiting">How many are to be tried, or tried again.</param>
/// <param name="Parked">How many are not tried any more: a day has passed, or the receiver is gone. A new webhook of the rule tries them again.</param>
public sealed record WebhookDeliveries(
    [property: JsonPropertyName("delivered")] long Delivered,
    [property: JsonPropertyName("waiting")] long Waiting,
    [property: JsonPropertyName("parked")] long Parked)
{
    /// <summary>Why the last failed try failed; left out where none did.</summary>
    [JsonPropertyName("last_error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; init; }

    /// <summary>True where the receiver has answered 410 Gone, so that nothing is posted until the rule is put again; else left out.</summary>
    [JsonPropertyName("stopped"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Stopped { get; init; }
}
