namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>What a rule remembers of a symbol. It changes only with an alert, or where the next alert becomes possible.</summary>
internal sealed record AlertState
{
    /// <summary>The state of a symbol that a rule has not seen.</summary>
    public static AlertState New { get; } = new();

    /// <summary>Whether the next crossing of the threshold raises an alert.</summary>
    public bool IsArmed { get; init; } = true;

    /// <summary>The direction or level that the last alert named, or the first one that the rule saw.</summary>
    public string? Last { get; init; }

    /// <summary>Until when facts have changed this state.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>When the last alert was raised.</summary>
    public DateTimeOffset? RaisedAt { get; init; }

    /// <summary>The range that closes are compared with.</summary>
    public WatchedRange? Watched { get; init; }
}

/// <summary>A predicted range.</summary>
/// <param name="Low">In USD.</param>
/// <param name="High">In USD.</param>
/// <param name="From">The last day that the prediction used.</param>
/// <param name="Until">The last day of its horizon.</param>
internal sealed record WatchedRange(double Low, double High, DateOnly From, DateOnly Until);
