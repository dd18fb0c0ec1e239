namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Who writes bars, and whether they may take the place of stored ones.</summary>
/// <param name="Who">For the table of corrections.</param>
/// <param name="Why">The reason of a correction; null where stored days must stay as they are.</param>
internal sealed record BarAuthor(string Who, string? Why = null);
