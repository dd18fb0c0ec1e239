using System.Text;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

// The entries of the central directory, each compared with its local header.
internal sealed partial class StoredZip
{
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EntrySize = 46;
    private const int LocalSize = 30;
    private const int MaxNameSize = 512;
    private const int Zip64Field = 1;

    // bit 3: sizes and CRC follow the data; bit 11: the name is UTF-8
    private const int KnownFlags = 0x0808;
    private const int SizesFollow = 0x0008;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    private int _expectedEntries;

    private void ReadEntries(byte[] directory)
    {
        ReadOnlySpan<byte> rest = directory;
        for (var i = 0; i < _expectedEntries; i++)
        {
            var place = _place.At($"zip directory, entry {i}");
            if (rest.Length < EntrySize || U32(rest, 0) != EntrySignature)
            {
                throw place.Refuse($"no entry at byte {directory.Length - rest.Length} of the directory, expected {_expectedEntries} entries");
            }

            int nameSize = U16(rest, 28), extraSize = U16(rest, 30), commentSize = U16(rest, 32);
            if (nameSize is 0 or > MaxNameSize || EntrySize + nameSize + extraSize + commentSize > rest.Length)
            {
                throw place.Refuse($"a name of {nameSize}, fields of {extraSize} and a comment of {commentSize} bytes, "
                    + $"expected a name of 1 to {MaxNameSize} and all of it within the directory");
            }

            var nameBytes = rest.Slice(EntrySize, nameSize);
            var entry = ReadEntry(rest[..EntrySize], nameBytes, rest.Slice(EntrySize + nameSize, extraSize), CheckName(nameBytes, place));
            if (!_entries.TryAdd(entry.Name, entry))
            {
                throw At(entry.Name).Refuse("it is there twice, expected once");
            }

            rest = rest[(EntrySize + nameSize + extraSize + commentSize)..];
        }

        if (rest.Length > 0)
        {
            throw _place.At("zip directory").Refuse($"{rest.Length} bytes after the last of {_expectedEntries} entries, expected none");
        }
    }

    private StoredEntry ReadEntry(ReadOnlySpan<byte> header, ReadOnlySpan<byte> nameBytes, ReadOnlySpan<byte> extra, string name)
    {
        var place = At(name);
        int flags = U16(header, 8), method = U16(header, 10);
        if ((flags & ~KnownFlags) != 0 || method != 0)
        {
            throw place.Refuse($"compression method {method} and flags 0x{flags:x4}, expected an uncompressed, unencrypted entry; torch.save writes no other");
        }

        (ulong compressed, ulong size, ulong offset) = (U32(header, 20), U32(header, 24), U32(header, 42));
        if (compressed == uint.MaxValue || size == uint.MaxValue || offset == uint.MaxValue)
        {
            Widen(extra, ref size, ref compressed, ref offset, place);
        }

        if (compressed != size || size > (ulong)_length || offset > (ulong)_length)
        {
            throw place.Refuse($"{compressed} stored bytes for {size} at offset {offset}, expected as many stored as declared, within the file's {_length}");
        }

        var crc = U32(header, 16);
        return new StoredEntry(name, (long)offset, CheckLocalHeader((long)offset, nameBytes, flags, crc, size, place), (long)size, crc);
    }

    /// <summary>Reads the values that a ZIP64 field has in place of saturated ones: size, stored size, offset, each only where it is needed.</summary>
    private static void Widen(ReadOnlySpan<byte> extra, ref ulong size, ref ulong compressed, ref ulong offset, SourceLocation place)
    {
        while (extra.Length >= 4)
        {
            int id = U16(extra, 0), length = U16(extra, 2);
            if (length > extra.Length - 4)
            {
                break;
            }

            var field = extra.Slice(4, length);
            extra = extra[(4 + length)..];
            if (id == Zip64Field && Take(ref field, ref size) && Take(ref field, ref compressed) && Take(ref field, ref offset))
            {
                return;
            }
        }

        throw place.Refuse("its sizes are saturated, expected a ZIP64 field that holds them");

        static bool Take(ref ReadOnlySpan<byte> field, ref ulong value)
        {
            if (value != uint.MaxValue)
            {
                return true;
            }

            if (field.Length < 8)
            {
                return false;
            }

            value = U64(field, 0);
            field = field[8..];
            return true;
        }
    }

    /// <summary>The offset of the entry's bytes, after checking that the local header agrees with the directory.</summary>
    private long CheckLocalHeader(long offset, ReadOnlySpan<byte> nameBytes, int flags, uint crc, ulong size, SourceLocation place)
    {
        var need = LocalSize + nameBytes.Length;
        if (offset > _directoryOffset - need)
        {
            throw place.Refuse($"its header is at offset {offset}, expected it before the directory at {_directoryOffset}");
        }

        var header = ReadAt(offset, need);
        var follows = (flags & SizesFollow) != 0;
        var narrow = (uint)Math.Min(size, uint.MaxValue);
        if (U32(header, 0) != LocalSignature || U16(header, 6) != flags || U16(header, 8) != 0
            || !Matches(U32(header, 14), crc) || !Matches(U32(header, 18), narrow) || !Matches(U32(header, 22), narrow)
            || !nameBytes.SequenceEqual(header.AsSpan(LocalSize)))
        {
            throw place.Refuse($"its header at offset {offset} differs from the directory, expected the same name, flags, sizes and CRC");
        }

        return offset + need + U16(header, 28);

        // a header may leave a value to the directory where it was not known when it was written (0), or did not fit (all ones)
        bool Matches(uint found, uint expected) => found == expected || (follows && found == 0) || found == uint.MaxValue;
    }

    private static string CheckName(ReadOnlySpan<byte> bytes, SourceLocation place)
    {
        string name;
        try
        {
            name = Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw place.Refuse("its name is not UTF-8");
        }

        var parts = name.Split('/');
        var leaves = name.Contains('\\', StringComparison.Ordinal) || name.Any(char.IsControl) || (name.Length > 1 && name[1] == ':')
            || parts.Length < 2 || parts.Any(p => p is "" or "." or "..");
        return leaves ? throw place.Refuse($"it is named {SourceLocation.Quote(name)}, expected a name within one folder") : name;
    }

    /// <summary>Entries must lie one after the other, before the directory, starting at the file's first byte, and in one folder.</summary>
    private void CheckLayout()
    {
        var end = 0L;
        foreach (var entry in _entries.Values.OrderBy(e => e.HeaderOffset))
        {
            if (entry.HeaderOffset < end || (end == 0 && entry.HeaderOffset != 0))
            {
                var expected = end == 0 ? "the first entry at 0" : $"{end} or later: it overlaps";
                throw At(entry.Name).Refuse($"it begins at offset {entry.HeaderOffset}, expected {expected}");
            }

            end = entry.DataOffset + entry.Size;
            if (end > _directoryOffset)
            {
                throw At(entry.Name).Refuse($"its {entry.Size} bytes end at {end}, expected them before the directory at {_directoryOffset}");
            }

            var root = entry.Name[..entry.Name.IndexOf('/', StringComparison.Ordinal)];
            Root = Root.Length == 0 ? root : Root;
            if (root != Root)
            {
                throw At(entry.Name).Refuse($"expected it in the folder {SourceLocation.Quote(Root)} like those before it");
            }
        }
    }
}
