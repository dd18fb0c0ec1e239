using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Broadcast after a checkpoint was written to the folder: every worker reloads the symbol's checkpoints at once. Workers also watch the folder
/// themselves. The message is for folders without notifications of changes, and for changed files that look unchanged.
/// </summary>
/// <param name="Symbol">The symbol, in any case, or an alias of it.</param>
public sealed record ModelUpdated([property: JsonPropertyName("symbol")] string Symbol);
