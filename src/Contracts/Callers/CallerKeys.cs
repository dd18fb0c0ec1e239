using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Contracts;

/// <summary>The valid keys of callers, as a worker reads them from the database for gateways that have none. It holds no secret.</summary>
/// <param name="Version">Counts the changes of the table: of two reports the higher one is newer.</param>
/// <param name="Keys">The keys that are not revoked.</param>
public sealed record CallerKeys(
    [property: JsonPropertyName("version")] long Version,
    [property: JsonPropertyName("keys")] IReadOnlyList<CallerKey> Keys);

/// <summary>A key without its secret.</summary>
/// <param name="Id">The part of the key that names it.</param>
/// <param name="Name">Who has it, for people.</param>
/// <param name="Scopes">What it may do: <c>read</c>, <c>compute</c>, <c>admin</c>. A name that a gateway does not know gives no right.</param>
/// <param name="Hash">SHA-256 of its secret, in lower-case hexadecimal digits.</param>
/// <param name="PerSecond">The caller's own limit of work a second; null where the gateway's applies.</param>
/// <param name="Concurrent">The caller's own limit of requests at a time; null where the gateway's applies.</param>
public sealed record CallerKey(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("hash")] string Hash,
    [property: JsonPropertyName("per_second")] double? PerSecond = null,
    [property: JsonPropertyName("concurrent")] int? Concurrent = null);
