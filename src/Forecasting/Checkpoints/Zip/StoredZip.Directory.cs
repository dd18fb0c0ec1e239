using System.Buffers.Binary;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

// Finds the central directory. The end records are read only at the very end of the file: searching backwards for them, as zip tools do because of
// comments, would allow a file with two directories.
internal sealed partial class StoredZip
{
    private const uint EndSignature = 0x06054b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint Zip64EndSignature = 0x06064b50;
    private const int EndSize = 22;
    private const int Zip64LocatorSize = 20;
    private const int Zip64EndSize = 56;
    private const int MaxEntries = 4096;
    private const int MaxDirectorySize = 1 << 20;

    private long _directoryOffset;

    private byte[] FindDirectory()
    {
        var place = _place.At("end of the zip");
        if (_length < EndSize)
        {
            throw place.Refuse($"the file has {_length} bytes, too few for a zip");
        }

        var end = ReadAt(_length - EndSize, EndSize);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature || U16(end, 20) != 0)
        {
            throw place.Refuse("no end-of-directory record in the last 22 bytes; the file is truncated or has something appended");
        }

        RequireOneDisk(U16(end, 4) == 0 && U16(end, 6) == 0 && U16(end, 8) == U16(end, 10));
        (ulong Entries, ulong Size, ulong Offset) directory = (U16(end, 10), U32(end, 12), U32(end, 16));
        var directoryEnd = _length - EndSize;
        if (FindZip64End() is { } zip64)
        {
            RequireOneDisk(U32(zip64, 16) == 0 && U32(zip64, 20) == 0 && U64(zip64, 24) == U64(zip64, 32));
            (ulong Entries, ulong Size, ulong Offset) wide = (U64(zip64, 32), U64(zip64, 40), U64(zip64, 48));
            if (!Agree(directory.Entries, ushort.MaxValue, wide.Entries)
                || !Agree(directory.Size, uint.MaxValue, wide.Size)
                || !Agree(directory.Offset, uint.MaxValue, wide.Offset))
            {
                throw place.Refuse($"the ZIP record says {directory}, the ZIP64 record {wide}; expected the same entries, size and offset");
            }

            directory = wide;
            directoryEnd -= Zip64LocatorSize + Zip64EndSize;
        }

        if (directory.Entries is 0 or > MaxEntries || directory.Size > MaxDirectorySize)
        {
            throw place.Refuse($"{directory.Entries} entries in a directory of {directory.Size} bytes, "
                + $"expected 1 to {MaxEntries} in at most {MaxDirectorySize}");
        }

        if (directory.Offset > (ulong)directoryEnd || directory.Offset + directory.Size != (ulong)directoryEnd)
        {
            throw place.Refuse($"a directory of {directory.Size} bytes at offset {directory.Offset}, expected it to end at {directoryEnd}");
        }

        _expectedEntries = (int)directory.Entries;
        _directoryOffset = (long)directory.Offset;
        return ReadAt(_directoryOffset, (int)directory.Size);

        void RequireOneDisk(bool holds)
        {
            if (!holds)
            {
                throw place.Refuse("a zip split over several disks, expected a single file");
            }
        }
    }

    /// <summary>The ZIP64 end record, or null where the file has none.</summary>
    private byte[]? FindZip64End()
    {
        var locatorOffset = _length - EndSize - Zip64LocatorSize;
        if (locatorOffset < Zip64EndSize)
        {
            return null;
        }

        var locator = ReadAt(locatorOffset, Zip64LocatorSize);
        if (U32(locator, 0) != Zip64LocatorSignature)
        {
            return null;
        }

        var endOffset = locatorOffset - Zip64EndSize;
        var end = ReadAt(endOffset, Zip64EndSize);
        if (U64(locator, 8) != (ulong)endOffset || U32(locator, 4) != 0 || U32(locator, 16) > 1
            || U32(end, 0) != Zip64EndSignature || U64(end, 4) != Zip64EndSize - 12)
        {
            throw _place.At("end of the zip").Refuse($"the ZIP64 locator points at offset {U64(locator, 8)}, expected the ZIP64 record at {endOffset}");
        }

        return end;
    }

    private static bool Agree(ulong narrow, ulong saturated, ulong wide) => narrow == saturated || narrow == wide;

    private static ushort U16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
