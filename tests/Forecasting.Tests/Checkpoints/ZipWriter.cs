using System.Text;
using Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>An entry to write; what is left null is written as it should be.</summary>
internal sealed record ZipItem(string Name, byte[] Data)
{
    public uint? Crc { get; init; }

    public ushort Method { get; init; }

    public ushort Flags { get; init; } = 0x0808;

    /// <summary>The size the directory declares.</summary>
    public ulong? Size { get; init; }

    public ulong? HeaderOffset { get; init; }

    /// <summary>The name in the local header, as long as the name.</summary>
    public string? LocalName { get; init; }

    /// <summary>Sizes and offset in a ZIP64 field.</summary>
    public bool Wide { get; init; }
}

/// <summary>Writes zips as torch.save does: stored, sizes after the data, each entry's data aligned to 64 bytes, and optionally ZIP64 end records.</summary>
internal static class ZipWriter
{
    public static byte[] Write(IReadOnlyList<ZipItem> items, bool zip64 = true, int? entries = null, byte[]? comment = null)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        var directory = new MemoryStream();
        using var index = new BinaryWriter(directory, Encoding.UTF8);
        foreach (var item in items)
        {
            WriteEntry(item, writer, index);
        }

        var start = stream.Position;
        writer.Write(directory.ToArray());
        var count = entries ?? items.Count;
        if (zip64)
        {
            var end = stream.Position;
            writer.Write(0x06064b50u);
            writer.Write(44UL);
            writer.Write((ushort)0);
            writer.Write((ushort)45);
            writer.Write(0UL);
            writer.Write((ulong)count);
            writer.Write((ulong)count);
            writer.Write((ulong)directory.Length);
            writer.Write((ulong)start);
            writer.Write(0x07064b50u);
            writer.Write(0u);
            writer.Write((ulong)end);
            writer.Write(1u);
        }

        writer.Write(0x06054b50u);
        writer.Write(0u);
        writer.Write((ushort)count);
        writer.Write((ushort)count);
        writer.Write((uint)directory.Length);
        writer.Write((uint)start);
        writer.Write((ushort)(comment?.Length ?? 0));
        writer.Write(comment ?? []);
        return stream.ToArray();
    }

    private static void WriteEntry(ZipItem item, BinaryWriter writer, BinaryWriter index)
    {
        var name = Encoding.UTF8.GetBytes(item.Name);
        var crc = item.Crc ?? Crc32.Compute(item.Data);
        var size = item.Size ?? (ulong)item.Data.Length;
        var offset = item.HeaderOffset ?? (ulong)writer.BaseStream.Position;
        var padding = 4 + (int)((64 - ((writer.BaseStream.Position + 34 + name.Length) % 64)) % 64);

        writer.Write(0x04034b50u);
        Common(writer);
        writer.Write(0u);
        writer.Write(0UL);
        writer.Write((ushort)name.Length);
        writer.Write((ushort)padding);
        writer.Write(item.LocalName is null ? name : Encoding.UTF8.GetBytes(item.LocalName));
        writer.Write((ushort)0x4246);
        writer.Write((ushort)(padding - 4));
        writer.Write(new byte[padding - 4]);
        writer.Write(item.Data);
        writer.Write(0x08074b50u);
        writer.Write(crc);
        writer.Write((uint)size);
        writer.Write((uint)size);

        index.Write(0x02014b50u);
        index.Write((ushort)0);
        Common(index);
        index.Write(crc);
        index.Write(item.Wide ? uint.MaxValue : (uint)size);
        index.Write(item.Wide ? uint.MaxValue : (uint)size);
        index.Write((ushort)name.Length);
        index.Write((ushort)(item.Wide ? 28 : 0));
        index.Write(new byte[10]);
        index.Write(item.Wide ? uint.MaxValue : (uint)offset);
        index.Write(name);
        if (item.Wide)
        {
            index.Write((ushort)1);
            index.Write((ushort)24);
            index.Write(size);
            index.Write(size);
            index.Write(offset);
        }

        void Common(BinaryWriter to)
        {
            to.Write((ushort)0);
            to.Write(item.Flags);
            to.Write(item.Method);
            to.Write(0u);
        }
    }
}
