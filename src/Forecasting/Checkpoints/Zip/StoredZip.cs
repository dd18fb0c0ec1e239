namespace Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

/// <summary>
/// The zip that <c>torch.save</c> writes: ZIP or ZIP64, every entry uncompressed, all in one folder. Anything else is refused, and so is everything
/// that two readers could interpret differently: duplicate, overlapping or renamed entries, a directory that contradicts itself, a comment.
/// </summary>
internal sealed partial class StoredZip
{
    private const long MaxFileSize = 512L << 20;

    private readonly Stream _stream;
    private readonly SourceLocation _place;
    private readonly long _length;
    private readonly Dictionary<string, StoredEntry> _entries = new(StringComparer.Ordinal);

    private StoredZip(Stream stream, SourceLocation place, long length)
    {
        _stream = stream;
        _place = place;
        _length = length;
    }

    /// <summary>The folder that holds every entry.</summary>
    public string Root { get; private set; } = "";

    /// <summary>Reads the directory and checks every entry's header; reads no entry.</summary>
    /// <exception cref="CheckpointException">It is not such a zip.</exception>
    public static StoredZip Open(Stream stream, SourceLocation place)
    {
        var length = stream.Length;
        if (length > MaxFileSize)
        {
            throw place.At("size").Refuse($"the file has {length} bytes, expected at most {MaxFileSize}");
        }

        var zip = new StoredZip(stream, place, length);
        zip.ReadEntries(zip.FindDirectory());
        zip.CheckLayout();
        return zip;
    }

    /// <summary>The entry of that name within <see cref="Root"/>, or null.</summary>
    public StoredEntry? Find(string name) => _entries.GetValueOrDefault($"{Root}/{name}");

    /// <summary>An entry's bytes, their CRC verified.</summary>
    /// <exception cref="CheckpointException">It is longer than <paramref name="limit"/>, or damaged.</exception>
    public byte[] Read(StoredEntry entry, long limit)
    {
        if (entry.Size > limit)
        {
            throw At(entry.Name).Refuse($"it has {entry.Size} bytes, expected at most {limit}");
        }

        var bytes = ReadAt(entry.DataOffset, (int)entry.Size);
        var crc = Crc32.Compute(bytes);
        return crc == entry.Crc ? bytes : throw At(entry.Name).Refuse($"its CRC-32 is {crc:x8}, expected {entry.Crc:x8}; the file is damaged");
    }

    private SourceLocation At(string entry) => _place.At($"zip entry {SourceLocation.Quote(entry)}");

    private byte[] ReadAt(long offset, int count)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(count);
        _stream.Position = offset;
        var read = _stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
        return read == count
            ? bytes
            : throw _place.At("end of file").Refuse($"the file ended at byte {offset + read} while it was read, expected {_length} bytes");
    }
}
