using System.Security.Cryptography;
using Coinsphere.Messaging.Hosting.Keys;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>
/// A key of this process alone, for a page in the same process that asks over HTTP. It ends with the process, and is written nowhere. It computes, and
/// changes nothing: who sees the page has shown a key that may read.
/// </summary>
public sealed class OwnKey
{
    internal static Caller Caller { get; } = new("own page", "page", Scope: KeyScope.Compute);

    /// <summary>The key.</summary>
    public string Text { get; } = ApiKey.Make().Key;

    internal bool Is(string text) => text.Length == Text.Length
        && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(text), System.Text.Encoding.UTF8.GetBytes(Text));
}
