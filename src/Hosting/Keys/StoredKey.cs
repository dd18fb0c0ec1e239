using System.Text.Json.Serialization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting.Keys;

/// <summary>A key as it is stored, in the database or in a file.</summary>
/// <param name="Id">The part of the key that names it.</param>
/// <param name="Name">Who has it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Hash">SHA-256 of its secret.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it was revoked; null while it is valid.</param>
/// <param name="PerSecond">The caller's own limit of work a second.</param>
/// <param name="Concurrent">The caller's own limit of requests at a time.</param>
public sealed record StoredKey(
    [property: JsonPropertyName("id"), JsonRequired] string Id,
    [property: JsonPropertyName("name"), JsonRequired] string Name,
    [property: JsonPropertyName("scopes"), JsonRequired] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("hash"), JsonRequired] string Hash,
    [property: JsonPropertyName("created_at"), JsonRequired] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("revoked_at")] DateTimeOffset? RevokedAt = null,
    [property: JsonPropertyName("per_second")] double? PerSecond = null,
    [property: JsonPropertyName("concurrent")] int? Concurrent = null)
{
    /// <summary>The most keys that are valid at a time: every report of every worker has them all.</summary>
    public const int MaxValid = 1000;

    /// <summary>The longest name.</summary>
    public const int MaxName = 64;

    /// <summary>What gateways are told of it.</summary>
    public CallerKey ToCaller() => new(Id, Name, Scopes, Hash, PerSecond, Concurrent);

    /// <summary>What is wrong with a name; null where nothing is. It stands in logs and in headers of messages.</summary>
    public static string? NameFault(string name) =>
        name.Length is >= 1 and <= MaxName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@')
        ? null
        : $"name must be 1 to {MaxName} of A-Z, a-z, 0-9, '.', '-', '_' and '@', found {CallerText.Quoted(name)}";

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public string? Fault() =>
        !ApiKey.IsId(Id) ? $"id must be {ApiKey.IdLength} lower-case hexadecimal digits, found {CallerText.Quoted(Id)}"
        : NameFault(Name ?? "") is { } name ? name
        : Hash is not { Length: 64 } || !Hash.All(char.IsAsciiHexDigitLower) ? "hash must be 64 lower-case hexadecimal digits"
        : Scopes is null || Scopes.FirstOrDefault(scope => !KeyScopes.Names.Contains(scope)) is not null
            ? $"scopes must be of {string.Join(", ", KeyScopes.Names)}"
        : PerSecond is <= 0 || PerSecond is { } rate && !double.IsFinite(rate) ? "per_second must be above 0"
        : Concurrent is < 1 ? "concurrent must be 1 or more"
        : null;
}
