using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The layout of an entry in Redis: the version's 32 characters, <c>#</c>, a digest of 16 bytes, and the body. The digest is HMAC-SHA256 over key, version and
/// body: a body that was cut, changed, or moved from another key is no answer. With <see cref="CacheOptions.Secret"/> nobody else can write one; without it the
/// digest finds accidents only.
/// </summary>
internal sealed class EntrySeal(string? secret)
{
    public const int VersionLength = 32;

    /// <summary>The longest body. Answers have some kilobytes; what is longer is not even read through.</summary>
    public const int MaxBody = 1 << 20;

    private const int DigestLength = 16;
    private const int Start = VersionLength + 1 + DigestLength;
    private const int StackLimit = 8 << 10;

    // Not the '{' with which a body begins: a process of a release without digests reads a miss, and this one of its entries too.
    private const byte Mark = (byte)'#';

    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret ?? "");

    /// <summary>The entry of a body.</summary>
    public byte[] Write(string key, string version, ReadOnlySpan<byte> body)
    {
        var entry = new byte[Start + body.Length];
        Encoding.Latin1.GetBytes(version, entry);
        entry[VersionLength] = Mark;
        body.CopyTo(entry.AsSpan(Start));
        Digest(key, entry, entry.AsSpan(VersionLength + 1, DigestLength));
        return entry;
    }

    /// <summary>The body of an entry, where its version is the symbol's and its digest is right.</summary>
    public EntryState Read(string key, byte[]? entry, ReadOnlySpan<byte> version, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (entry is null || version.Length != VersionLength || entry.Length < VersionLength || !entry.AsSpan(0, VersionLength).SequenceEqual(version))
        {
            return EntryState.Missing;
        }

        if (entry.Length <= VersionLength || entry[VersionLength] != Mark)
        {
            return EntryState.Unsealed;
        }

        if (entry.Length is <= Start or > Start + MaxBody)
        {
            return EntryState.Wrong;
        }

        Span<byte> digest = stackalloc byte[DigestLength];
        Digest(key, entry, digest);
        if (!CryptographicOperations.FixedTimeEquals(digest, entry.AsSpan(VersionLength + 1, DigestLength)))
        {
            return EntryState.Wrong;
        }

        body = entry.AsMemory(Start);
        return EntryState.Right;
    }

    // Over the key's length, the key, the version and the body: no two of them give the same bytes.
    private void Digest(string key, ReadOnlySpan<byte> entry, Span<byte> digest)
    {
        var keyLength = Encoding.UTF8.GetByteCount(key);
        var body = entry[Start..];
        var length = sizeof(int) + keyLength + VersionLength + body.Length;
        var input = length <= StackLimit ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt32LittleEndian(input, keyLength);
        Encoding.UTF8.GetBytes(key, input[sizeof(int)..]);
        entry[..VersionLength].CopyTo(input[(sizeof(int) + keyLength)..]);
        body.CopyTo(input[(sizeof(int) + keyLength + VersionLength)..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, input, full);
        full[..DigestLength].CopyTo(digest);
    }
}

/// <summary>What lies under a cache key.</summary>
internal enum EntryState
{
    /// <summary>Nothing, or an entry of another version.</summary>
    Missing,

    /// <summary>The current version, and no digest: an older release wrote it.</summary>
    Unsealed,

    /// <summary>The current version, and another digest.</summary>
    Wrong,

    /// <summary>An entry that a process with the same secret wrote.</summary>
    Right,
}
