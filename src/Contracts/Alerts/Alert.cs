using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>What a rule found: the moment in which its condition became true.</summary>
/// <param name="Id">The id of the crossing: equal however often it is found or delivered.</param>
/// <param name="Rule">The id of the rule.</param>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="RaisedAt">When the rule was evaluated.</param>
/// <param name="Value">The number that crossed, in the unit of the rule's value; null where the rule has none.</param>
/// <param name="Threshold">The rule's value at that time; null where the rule has none.</param>
/// <param name="PredictionId">The prediction that crossed; left out where it was no prediction.</param>
public sealed record Alert(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("rule")] string Rule,
    [property: JsonPropertyName("symbol")] string Symbol,
    [property: JsonPropertyName("raised_at"), JsonConverter(typeof(InstantConverter))] DateTimeOffset RaisedAt,
    [property: JsonPropertyName("value"), JsonConverter(typeof(PlainNumberConverter))] double? Value,
    [property: JsonPropertyName("threshold"), JsonConverter(typeof(PlainNumberConverter))] double? Threshold,
    [property: JsonPropertyName("prediction_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PredictionId = null)
{
    /// <summary>The rule's condition, such as <c>direction_changed</c>.</summary>
    [JsonPropertyName("when")]
    public required string When { get; init; }

    /// <summary>The alert as a sentence for people.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    /// <summary>The horizon; left out where the condition has none.</summary>
    [JsonPropertyName("timeframe"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Timeframe { get; init; }

    /// <summary>What a direction or a risk level was before; left out for other conditions.</summary>
    [JsonPropertyName("from"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>What the direction or the risk level is now; left out for other conditions.</summary>
    [JsonPropertyName("to"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? To { get; init; }
}
