using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Asks for the alerts that were raised. Answered with <see cref="AlertHistory"/> or <see cref="RequestRefused"/>.</summary>
public sealed record AlertsRequested
{
    /// <summary>The default of <see cref="Limit"/>.</summary>
    public const int DefaultLimit = 50;

    /// <summary>Only alerts of this symbol; null means all.</summary>
    [JsonPropertyName("symbol")]
    public string? Symbol { get; init; }

    /// <summary>Only alerts of the rule of this id; null means all.</summary>
    [JsonPropertyName("rule")]
    public string? Rule { get; init; }

    /// <summary>The most alerts to return, 1 to <see cref="RequestRules.MaxAlerts"/>.</summary>
    [JsonPropertyName("limit")]
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>How many of the newest alerts to skip, 0 to <see cref="RequestRules.MaxOffset"/>.</summary>
    [JsonPropertyName("offset")]
    public int Offset { get; init; }
}

/// <summary>The answer to <see cref="AlertsRequested"/>.</summary>
/// <param name="Alerts">The alerts, the newest first.</param>
/// <param name="Total">How many there are on all pages.</param>
public sealed record AlertHistory(
    [property: JsonPropertyName("alerts")] IReadOnlyList<Alert> Alerts,
    [property: JsonPropertyName("total")] long Total);
