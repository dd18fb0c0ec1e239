using System.Text;

namespace Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

/// <summary>Writes a zip of uncompressed entries, each entry's data aligned to 64 bytes as torch.save does, so that readers may map them.</summary>
internal static class StoredZipWriter
{
    private const int Alignment = 64;

    public static byte[] Write(IEnumerable<(string Name, byte[] Data)> entries)
    {
        var (stream, directory) = (new MemoryStream(), new MemoryStream());
        using var writer = new BinaryWriter(stream);
        using var index = new BinaryWriter(directory);
        var count = 0;
        foreach (var (name, data) in entries)
        {
            count++;
            var (bytes, crc, offset) = (Encoding.UTF8.GetBytes(name), Crc32.Compute(data), (uint)stream.Position);
            var fill = (int)((Alignment - ((offset + 30 + bytes.Length + 4) % Alignment)) % Alignment);
            writer.Write(0x04034b50u);
            Common(writer, bytes, crc, data.Length);
            writer.Write((ushort)(fill + 4));
            writer.Write(bytes);
            writer.Write((ushort)0x4246);
            writer.Write((ushort)fill);
            writer.Write(new byte[fill]);
            writer.Write(data);

            index.Write(0x02014b50u);
            index.Write((ushort)0);
            Common(index, bytes, crc, data.Length);
            index.Write(new byte[12]); // no extra field, no comment, one disk, no attributes
            index.Write(offset);
            index.Write(bytes);
        }

        var start = (uint)stream.Position;
        writer.Write(directory.ToArray());
        writer.Write(0x06054b50u);
        writer.Write(0u);
        writer.Write((ushort)count);
        writer.Write((ushort)count);
        writer.Write((uint)directory.Length);
        writer.Write(start);
        writer.Write((ushort)0);
        return stream.ToArray();
    }

    // from the version needed to the length of the name, which both headers share; times are zero, so equal content is equal bytes
    private static void Common(BinaryWriter to, byte[] name, uint crc, int size)
    {
        to.Write((ushort)0);
        to.Write((ushort)0x0800); // the name is UTF-8
        to.Write((ushort)0);
        to.Write(0u);
        to.Write(crc);
        to.Write(size);
        to.Write(size);
        to.Write((ushort)name.Length);
    }
}
