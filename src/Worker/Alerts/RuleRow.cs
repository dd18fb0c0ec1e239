using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>A row of the table of rules.</summary>
internal sealed record RuleRow
{
    public required string Id { get; init; }
    public required string Symbol { get; init; }
    public required string Condition { get; init; }
    public double? Threshold { get; init; }
    public string? Class { get; init; }
    public string? Timeframe { get; init; }
    public long QuietMinutes { get; init; }
    public string? Webhook { get; init; }
    public string? Secret { get; init; }
    public long IsStopped { get; init; }
    public long CreatedAt { get; init; }

    /// <summary>The rule, without its secret and what became of its deliveries.</summary>
    public AlertRule Rule() => new(Id, Symbol, Condition, (int)QuietMinutes)
    {
        Value = Threshold,
        Class = Class,
        Timeframe = Timeframe,
        Webhook = Webhook,
        CreatedAt = CreatedAt == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(CreatedAt),
    };
}
