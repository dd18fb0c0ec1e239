using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>Broadcast: every process drops the symbol's cached answers, and workers its loaded model.</summary>
/// <param name="Symbol">The canonical symbol.</param>
public sealed record CacheClearRequested([property: JsonPropertyName("symbol")] string Symbol);
