using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Makes a rule, or replaces the one of its id. Answered with the stored <see cref="AlertRule"/> or <see cref="RequestRefused"/>. A rule that is replaced
/// by one with another condition begins anew.
/// </summary>
/// <param name="Symbol">A symbol or alias, in any case; <c>*</c> for each symbol on its own.</param>
/// <param name="When">The condition, one of <see cref="AlertConditions.All"/>.</param>
public sealed record AlertRulePutRequested(
    [property: JsonPropertyName("symbol")] string? Symbol,
    [property: JsonPropertyName("when")] string? When)
{
    /// <summary>The default of <see cref="QuietMinutes"/>.</summary>
    public const int DefaultQuietMinutes = 60;

    /// <summary>The id of the rule to make or replace; null makes a rule with a new id.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    /// <summary>The threshold, in the unit of <see cref="AlertRule.Value"/>; null where the condition has none.</summary>
    [JsonPropertyName("value")]
    public double? Value { get; init; }

    /// <summary>The class whose probability counts; null where the condition has none.</summary>
    [JsonPropertyName("class")]
    public string? Class { get; init; }

    /// <summary>The horizon of the predictions that count; null means the default, or that the condition has none.</summary>
    [JsonPropertyName("timeframe")]
    public string? Timeframe { get; init; }

    /// <summary>Minutes without another alert of the same symbol, 0 to <see cref="RequestRules.MaxQuietMinutes"/>; null means 60.</summary>
    [JsonPropertyName("quiet_minutes")]
    public int? QuietMinutes { get; init; }

    /// <summary>The http or https URL that alerts are posted to; null means none.</summary>
    [JsonPropertyName("webhook")]
    public string? Webhook { get; init; }

    /// <summary>The secret to sign webhooks with, <c>whsec_</c> and base64 of 24 to 64 bytes; null keeps the rule's, or makes one.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }
}

/// <summary>Asks for rules. Answered with <see cref="AlertRules"/> or <see cref="RequestRefused"/>.</summary>
public sealed record AlertRulesRequested
{
    /// <summary>The default of <see cref="Limit"/>.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Only the rule of this id; null means all.</summary>
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    /// <summary>Only rules of this symbol, or of <c>*</c>; null means all.</summary>
    [JsonPropertyName("symbol")]
    public string? Symbol { get; init; }

    /// <summary>The most rules to return, 1 to <see cref="RequestRules.MaxAlerts"/>.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>How many rules to skip, 0 to <see cref="RequestRules.MaxOffset"/>.</summary>
    [JsonPropertyName("offset")]
    public int Offset { get; init; }
}

/// <summary>The answer to <see cref="AlertRulesRequested"/>.</summary>
/// <param name="Rules">The rules, the oldest first.</param>
/// <param name="Total">How many there are on all pages.</param>
public sealed record AlertRules(
    [property: JsonPropertyName("rules")] IReadOnlyList<AlertRule> Rules,
    [property: JsonPropertyName("total")] long Total);

/// <summary>
/// Removes a rule and what waits to be delivered of it. Its alerts stay listed. Answered with <see cref="AlertRuleRemoved"/> or <see
/// cref="RequestRefused"/>.
/// </summary>
/// <param name="Id">The rule's id.</param>
public sealed record AlertRuleRemoveRequested([property: JsonPropertyName("id")] string Id);

/// <summary>A rule was removed.</summary>
/// <param name="Id">The rule's id.</param>
public sealed record AlertRuleRemoved([property: JsonPropertyName("id")] string Id);

/// <summary>Posts a test event to a rule's webhook. Answered with <see cref="WebhookTested"/> or <see cref="RequestRefused"/>.</summary>
/// <param name="Id">The rule's id.</param>
public sealed record AlertRuleTestRequested([property: JsonPropertyName("id")] string Id);

/// <summary>What became of a webhook's test event.</summary>
/// <param name="Delivered">Whether the receiver has accepted it, with a status of 200 to 299.</param>
/// <param name="Status">The receiver's HTTP status; null where it gave none.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Error">Why it was not delivered; null where it was.</param>
public sealed record WebhookTested(
    [property: JsonPropertyName("delivered")] bool Delivered,
    [property: JsonPropertyName("status")] int? Status,
    [property: JsonPropertyName("duration_ms")] long DurationMs,
    [property: JsonPropertyName("error")] string? Error);
