using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Coinsphere.Messaging.Hosting.Keys;

/// <summary>The form of a caller's key: <c>cs_ID_SECRET</c>, all in lower-case hexadecimal digits. The service keeps the id and a hash of the secret.</summary>
public static class ApiKey
{
    /// <summary>The start of every key, by which scanners of code find one that was published by mistake.</summary>
    public const string Prefix = "cs_";

    /// <summary>The length of a key.</summary>
    public const int Length = 3 + IdLength + 1 + SecretLength;

    /// <summary>The length of an id.</summary>
    public const int IdLength = 2 * IdBytes;

    private const int IdBytes = 6;
    private const int SecretBytes = 32;
    private const int SecretLength = 2 * SecretBytes;

    /// <summary>A new key, its id, and the hash of its secret.</summary>
    public static (string Key, string Id, string Hash) Make()
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes));
        return ($"{Prefix}{id}_{secret}", id, Convert.ToHexStringLower(HashOf(secret)));
    }

    /// <summary>Splits a text that has the form of a key.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out string? id, [NotNullWhen(true)] out string? secret)
    {
        (id, secret) = (null, null);
        if (text is not { Length: Length } || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_')
        {
            return false;
        }

        var (idPart, secretPart) = (text.Substring(Prefix.Length, IdLength), text[^SecretLength..]);
        if (!IsId(idPart) || !secretPart.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        (id, secret) = (idPart, secretPart);
        return true;
    }

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool IsId(string? text) => text is { Length: IdLength } && text.All(char.IsAsciiHexDigitLower);

    /// <summary>
    /// The SHA-256 of a secret. A secret is 256 random bits, which nobody finds by trying, so a hash that is slow on purpose would protect nothing more.
    /// </summary>
    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.ASCII.GetBytes(secret));
}
