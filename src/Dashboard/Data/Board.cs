using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>All symbols at one time.</summary>
/// <param name="Rows">The symbols, in the service's order.</param>
/// <param name="Models">Their models.</param>
/// <param name="Readiness">What the service says of itself; null before its first answer.</param>
/// <param name="At">When the service last answered; null before that.</param>
/// <param name="Outage">Why it does not answer now; null where it does.</param>
internal sealed record Board(
    IReadOnlyList<MarketRow> Rows, IReadOnlyList<ModelInfo> Models, ServiceReadiness? Readiness, DateTimeOffset? At, Outage? Outage)
{
    /// <summary>What the service tells of its processes, also while it is not ready; null before its first answer, and from an older release.</summary>
    public SystemReport? System { get; init; }

    /// <summary>Days without a bar from which on a page says that prices are old.</summary>
    private const int Old = 2;

    public static Board Empty { get; } = new([], [], null, null, null);

    public bool IsSynthetic => Rows.Any(row => row.IsSynthetic);

    /// <summary>The day of the newest bar of all, where it is old.</summary>
    public DateOnly? OldSince(DateTimeOffset now) => Rows.Max(row => row.NewestBar) is { } newest && Rows.Min(row => row.AgeDays(now)) > Old ? newest : null;
}

/// <summary>The service does not answer.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Detail">What was found, for people.</param>
internal sealed record Outage(DateTimeOffset Since, string Detail);
