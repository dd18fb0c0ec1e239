namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>An alert that is to be delivered.</summary>
internal sealed record Delivery
{
    /// <summary>The target: published to the bus.</summary>
    public const string Bus = "bus";

    /// <summary>The target: posted to the rule's webhook.</summary>
    public const string Webhook = "webhook";

    /// <summary>The state: to be tried.</summary>
    public const string Waiting = "waiting";

    /// <summary>The state: done.</summary>
    public const string Delivered = "delivered";

    /// <summary>The state: not tried any more.</summary>
    public const string Parked = "parked";

    public required string AlertId { get; init; }
    public required string Target { get; init; }
    public required string RuleId { get; init; }

    /// <summary>How often it was tried before.</summary>
    public long Tries { get; init; }

    /// <summary>When it is due, in milliseconds since 1970 UTC.</summary>
    public long NextAt { get; init; }

    /// <summary>When the alert was raised, or put back to be tried for another day.</summary>
    public long CreatedAt { get; init; }

    /// <summary>The alert as JSON.</summary>
    public required string Body { get; init; }

    /// <summary>The webhook's URL as the rule has it now; null where the rule has none.</summary>
    public string? Url { get; init; }

    /// <summary>The webhook's secret.</summary>
    public string? Secret { get; init; }
}
