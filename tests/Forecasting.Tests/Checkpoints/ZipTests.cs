using System.Text;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Checkpoints.Zip;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public class ZipTests
{
    private static readonly string Digest = new TestCheckpoint().Read().Digest;

    [Theory]
    [InlineData("123456789", 0xcbf43926)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x414fa339)]
    [InlineData("", 0)]
    public void Crc32_IsTheOneOfZip(string text, uint expected) => Assert.Equal(expected, Crc32.Compute(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void ZipAndZip64_AreRead(bool zip64, bool wide)
    {
        var items = new TestCheckpoint().Items().Select(i => i with { Wide = wide }).ToList();

        Assert.Equal(Digest, TestCheckpoint.Read(ZipWriter.Write(items, zip64)).Digest);
    }

    // what PyTorch 2 adds
    [Fact]
    public void EntriesOfLaterVersions_AreRead()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Entries.AddRange([
            new("tiny/byteorder", "little"u8.ToArray()), new("tiny/.format_version", "1"u8.ToArray()),
            new("tiny/.storage_alignment", "64"u8.ToArray()), new("tiny/.data/serialization_id", new byte[40]),
        ]);

        Assert.Equal(Digest, checkpoint.Read().Digest);
    }

    [Fact]
    public void BigEndian_IsRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Entries.Add(new("tiny/byteorder", "big"u8.ToArray()));

        Assert.Contains("'byteorder': another byte order, expected little", checkpoint.Refused().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedEntry_IsRefusedByName()
    {
        var bytes = new TestCheckpoint().Bytes();
        var at = bytes.AsSpan().IndexOf("data/0"u8) + 100;
        bytes[at] ^= 1;

        var refusal = TestCheckpoint.Refused(bytes);

        Assert.Equal("zip entry 'tiny/data/0'", refusal.Location);
        Assert.Contains("CRC-32", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CompressedEntry_IsRefused() => Refuses("compression method 8", Change("tiny/data/3", i => i with { Method = 8 }));

    [Fact]
    public void EncryptedEntry_IsRefused() => Refuses("flags 0x0809", Change("tiny/data/3", i => i with { Flags = 0x0809 }));

    [Fact]
    public void EntryOverItsDeclaredSize_IsRefused() => Refuses("CRC-32", Change("tiny/data.pkl", i => i with { Size = 100 }));

    [Theory]
    [InlineData(100_000UL, false)]
    [InlineData(4_000_000_000UL, false)]
    [InlineData(1UL << 50, true)]
    [InlineData(ulong.MaxValue, true)]
    public void EntryThatDeclaresMoreThanThereIs_IsRefused(ulong size, bool wide) =>
        Refuses("tiny/data/3", Change("tiny/data/3", i => i with { Size = size, Wide = wide }));

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 50)]
    public void EntryElsewhere_IsRefused(ulong offset) => Refuses("tiny/data/3", Change("tiny/data/3", i => i with { HeaderOffset = offset, Wide = true }));

    [Fact]
    public void DuplicateEntry_IsRefused()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Entries.Add(new("tiny/data/3", new byte[4]));

        Refuses("'tiny/data/3': it is there twice", checkpoint.Items());
    }

    [Fact]
    public void OverlappingEntries_AreRefused()
    {
        // a whole second entry within the data of the first
        var inner = ZipWriter.Write([new("tiny/in", new byte[8])], zip64: false);
        var outer = new ZipItem("tiny/out", inner[..80]);

        Refuses("it overlaps", [outer, new("tiny/in", new byte[8]) { HeaderOffset = 64 }]);
    }

    [Fact]
    public void LargePickle_IsRefused() => Refuses("expected at most 8388608", Change("tiny/data.pkl", i => new(i.Name, new byte[(8 << 20) + 1])));

    [Theory]
    [InlineData("../evil")]
    [InlineData("tiny/../../evil")]
    [InlineData("tiny/./evil")]
    [InlineData("tiny//evil")]
    [InlineData("tiny/evil/")]
    [InlineData("/etc/passwd")]
    [InlineData("C:/evil")]
    [InlineData("tiny\\evil")]
    [InlineData("tiny/..\\evil")]
    [InlineData("evil")]
    [InlineData("tiny/ev\nil")]
    [InlineData("other/data.pkl")]
    public void NameThatLeavesTheFolder_IsRefused(string name)
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Entries.Add(new(name, new byte[4]));

        var refusal = checkpoint.Refused();

        Assert.Contains("folder", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void LocalHeaderOfAnotherName_IsRefused() =>
        Refuses("differs from the directory", Change("tiny/data/3", i => i with { LocalName = "tiny/data/4" }));

    [Fact]
    public void DirectoryOfMoreEntriesThanDeclared_IsRefused() =>
        TestCheckpoint.Refused(ZipWriter.Write(new TestCheckpoint().Items(), entries: 3), "after the last");

    [Fact]
    public void DirectoryOfFewerEntriesThanDeclared_IsRefused() =>
        TestCheckpoint.Refused(ZipWriter.Write(new TestCheckpoint().Items(), entries: 40), "expected 40 entries");

    [Fact]
    public void Comment_IsRefused() =>
        TestCheckpoint.Refused(ZipWriter.Write(new TestCheckpoint().Items(), comment: [1]), "appended");

    [Fact]
    public void BytesBeforeTheZip_AreRefused() => Assert.Throws<CheckpointException>(() => TestCheckpoint.Read([0, .. new TestCheckpoint().Bytes()]));

    [Fact]
    public void ZipWithoutPickle_IsRefused() => Refuses("no zip entry 'data.pkl'", [new("tiny/version", "3\n"u8.ToArray())]);

    [Fact]
    public void LegacyFormat_IsRefusedByName()
    {
        // the magic number, then the protocol's
        byte[] legacy = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, .. "."u8, 0x80, 2, .. "M"u8, 0xe9, 3, .. "."u8];

        TestCheckpoint.Refused(legacy, "the legacy non-zip format, expected the zip format: save it again with torch.save of PyTorch 1.6 or later");
    }

    [Fact]
    public void TarFormat_IsRefusedByName()
    {
        var tar = new byte[10240];
        "ustar"u8.CopyTo(tar.AsSpan(257));

        TestCheckpoint.Refused(tar, "the legacy tar format");
    }

    [Theory]
    [InlineData("", "[]")]
    [InlineData("version https://git-lfs", "[76657273696f6e20]")]
    public void AnotherFormat_IsRefusedByItsFirstBytes(string text, string shown) =>
        TestCheckpoint.Refused(Encoding.ASCII.GetBytes(text), $"tiny.pth: file: it begins with {shown}");

    [Fact]
    public void MissingFile_IsAnIOException() => Assert.Throws<FileNotFoundException>(() => CheckpointReader.Read("no-such-file.pth"));

    [Fact]
    public void FileOverTheLimit_IsRefusedUnread()
    {
        using var stream = new HugeStream();

        var refusal = Assert.Throws<CheckpointException>(() => CheckpointReader.Read(stream, "huge"));

        Assert.Contains("expected at most 536870912", refusal.Message, StringComparison.Ordinal);
    }

    private static List<ZipItem> Change(string name, Func<ZipItem, ZipItem> change) =>
        [.. new TestCheckpoint().Items().Select(i => i.Name == name ? change(i) : i)];

    private static void Refuses(string because, IReadOnlyList<ZipItem> items) =>
        Assert.Contains(because, TestCheckpoint.Refused(ZipWriter.Write(items)).Message, StringComparison.Ordinal);

    /// <summary>A zip's first bytes, then a length that nobody wants to read.</summary>
    private sealed class HugeStream() : MemoryStream("PK\x03\x04"u8.ToArray())
    {
        public override long Length => 1L << 40;
    }
}
