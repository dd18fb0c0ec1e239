using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Coinsphere.Messaging.Gateway.Streaming;

/// <summary>
/// The id of an event, the same at every gateway: its place in the log, and a fingerprint of its content. By the fingerprint an id of a log that was
/// deleted since, or of an earlier process, is recognised as unknown.
/// </summary>
/// <param name="Offset">The place in the log. Later events have larger ones; there may be holes.</param>
/// <param name="Fingerprint">The first 48 bits of a digest of the content.</param>
internal readonly record struct StreamEventId(long Offset, ulong Fingerprint)
{
    private const int FingerprintDigits = 12;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The id of an event with this content.</summary>
    public static StreamEventId Of(long offset, ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return new StreamEventId(offset, BinaryPrimitives.ReadUInt64BigEndian(digest) >> (64 - (4 * FingerprintDigits)));
    }

    /// <summary>Reads what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out StreamEventId id)
    {
        id = default;
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Length - dash - 1 != FingerprintDigits || (dash > 1 && text[0] == '0'))
        {
            return false;
        }

        // The framework takes null characters after a number for none.
        if (text[..dash].ContainsAnyExceptInRange('0', '9')
            || !long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || text[(dash + 1)..].ContainsAnyExcept(Digits)
            || !ulong.TryParse(text[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var fingerprint))
        {
            return false;
        }

        id = new StreamEventId(offset, fingerprint);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset}-{Fingerprint:x12}");
}
