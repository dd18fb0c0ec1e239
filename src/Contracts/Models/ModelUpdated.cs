using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Broadcast by whoever put a checkpoint into the folder: every worker reads the symbol's checkpoints at once. Workers watch the folder
/// themselves; the message serves folders whose changes no process is told of, and checkpoints that only look unchanged.
/// </summary>
/// <param name="Symbol">The symbol, in any case, or an alias of it.</param>
public sealed record ModelUpdated([property: JsonPropertyName("symbol")] string Symbol);
