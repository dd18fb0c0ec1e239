using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

// Whatever the bytes, the outcome is a checkpoint or a CheckpointException, in bounded memory and time.
public class HostileCheckpointTests
{
    private const long MaxAllocated = 200_000_000;
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    // opcodes and the ends of ranges: a mutant of these gets further than one of noise
    private static readonly byte[] Interesting =
    [
        0, 1, 2, 0x7f, 0x80, 0x81, 0x85, 0x86, 0x87, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0xff,
        .. "()01.BCGJKMNQRUX]abcehjqrstu}"u8,
    ];

    [Fact]
    public void SmallCheckpointCutAnywhere_IsRefused()
    {
        var whole = new TestCheckpoint().Bytes();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.True(Outcome(whole[..length]) is not null, $"cut at {length} it was read");
        }

        Assert.Null(Outcome(whole));
    }

    [Fact]
    public void PickleCutAnywhere_IsRefused()
    {
        var checkpoint = new TestCheckpoint().With("scaler", new Dictionary<object, object?>
        {
            ["mean"] = TestCheckpoint.Array("f8", new byte[160], [20]),
            ["std"] = TestCheckpoint.Array("f8", new byte[160], [20]),
        });
        var whole = checkpoint.Pickle();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.True(Outcome(checkpoint.Bytes(whole[..length])) is not null, $"a pickle cut at {length} was read");
        }

        Assert.Null(Outcome(checkpoint.Bytes(whole)));
    }

    [Fact]
    public void GoldenCheckpointCutAnywhere_IsRefused()
    {
        var whole = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "DELTA_best.pth"));
        for (var length = 0; length < whole.Length; length += 97)
        {
            Assert.True(Outcome(whole[..length]) is not null, $"cut at {length} it was read");
        }

        Assert.All(Enumerable.Range(1, 120), cut => Assert.NotNull(Outcome(whole[..^cut])));
    }

    [Fact]
    public void MutatedFile_IsReadOrRefused()
    {
        var whole = new TestCheckpoint().Bytes();
        Check.One(Many, Prop.ForAll(Mutations, mutation => Bounded(Mutate(whole, mutation))));
    }

    // the headers and the directory alone, where every byte matters
    [Fact]
    public void MutatedDirectory_IsReadOrRefused()
    {
        var whole = new TestCheckpoint().Bytes();
        var tail = whole.AsSpan().IndexOf("PK\x01\x02"u8);
        Check.One(Many, Prop.ForAll(Mutations, mutation => Bounded([.. whole[..tail], .. Mutate(whole[tail..], mutation)])));
    }

    // CRCs and sizes are right again, so that the mutant reaches the unpickler
    [Fact]
    public void MutatedPickle_IsReadOrRefused()
    {
        var checkpoint = Rich();
        var whole = checkpoint.Pickle();
        Check.One(Many, Prop.ForAll(Mutations, mutation => Bounded(checkpoint.Bytes(Mutate(whole, mutation)))));
    }

    [Fact]
    public void MutatedStorage_IsReadOrRefused()
    {
        var whole = new TestCheckpoint().Storages["0"];
        Check.One(Many, Prop.ForAll(Mutations, mutation =>
        {
            var checkpoint = new TestCheckpoint();
            checkpoint.Storages["0"] = Mutate(whole, mutation);
            return Bounded(checkpoint.Bytes());
        }));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void OpcodesAtRandom_AreReadOrRefused(byte protocol) =>
        Check.One(Many, Prop.ForAll(
            ArbMap.Default.GeneratorFor<int>().Select(i => Interesting[(i & 0x7fffffff) % Interesting.Length]).ArrayOf().ToArbitrary(),
            opcodes => Bounded(new TestCheckpoint().Bytes([0x80, protocol, .. opcodes, (byte)'.']))));

    // a file with something of everything, as torch.save writes it in the last protocol
    [Theory]
    [InlineData("protocol5")]
    [InlineData("unread")]
    public void MutatedPickleOfPyTorch_IsReadOrRefused(string kind)
    {
        var entries = Entries(Path.Combine(AppContext.BaseDirectory, "Golden", "torch", $"{kind}.pth"));
        var pickle = entries.FindIndex(item => item.Name.EndsWith("/data.pkl", StringComparison.Ordinal));
        var whole = entries[pickle].Data;
        Check.One(Many, Prop.ForAll(Mutations, mutation =>
        {
            entries[pickle] = entries[pickle] with { Data = Mutate(whole, mutation) };
            return Bounded(ZipWriter.Write(entries));
        }));
    }

    // Whatever a part holds, it is inert: the model beside it is read as ever, or the file is refused. It is the first, so that its opcodes reach no other.
    [Fact]
    public void AnyPartThatNothingReads_ChangesNoAnswer()
    {
        var digest = new TestCheckpoint().Read().Digest;
        var whole = new TestCheckpoint().Pickle();
        Check.One(Many, Prop.ForAll(
            ArbMap.Default.GeneratorFor<int>().Select(i => Interesting[(i & 0x7fffffff) % Interesting.Length]).ArrayOf().ToArbitrary(),
            opcodes =>
            {
                // after PROTO 2, EMPTY_DICT and MARK
                var bytes = new TestCheckpoint().Bytes([.. whole[..4], .. LongText(2), .. opcodes, .. whole[4..]]);
                return Outcome(bytes) is not null || TestCheckpoint.Read(bytes).Digest == digest;
            }));
    }

    public static TheoryData<string, string, Func<byte[]>> Bombs => new()
    {
        { "dicts alone", TooManyOpcodes, () => Pickled(Enumerable.Repeat((byte)'}', 8_000_000)) },
        { "marks alone", TooManyOpcodes, () => Pickled(Enumerable.Repeat((byte)'(', 8_000_000)) },
        { "tuples in tuples", TooManyOpcodes, () => Pickled([(byte)')', .. Enumerable.Repeat((byte)0x85, 8_000_000)]) },
        { "a list of dicts", TooManyOpcodes, () => Pickled([(byte)']', .. Repeat(1_000_000, [.. "}a"u8])]) },
        { "a memo doubled at every step", TooManyOpcodes, () => Pickled([.. "]q\0"u8, .. Repeat(80_000, [.. "h\0h\0"u8, 0x86, .. "q\0"u8])]) },
        { "dicts of one item", TooManyValues, () => Pickled([.. "X\x01\0\0\0aq\0"u8, .. Repeat(60_000, [.. "}h\0Ns"u8])]) },
        { "lists of one item", TooManyValues, () => Pickled(Repeat(80_000, [.. "]Na"u8])) },
        { "one text of 8 MB encoded again and again", TooManyValues, () => Pickled(
            [.. LongText(8_000_000), .. "q\0c_codecs\nencode\nq\x01X\x06\0\0\0latin1q\x02"u8, .. Repeat(40_000, [.. "h\x01h\0h\x02"u8, 0x86, (byte)'R'])]) },
        { "one long text as a global again and again", "expected two texts of at most 256 characters", () => Pickled(
            [.. LongText(7_000_000), .. "q\0"u8, .. Repeat(80_000, [.. "h\0h\0"u8, 0x93])], 4) },
        { "long names as globals again and again", TooManyValues, () => Pickled(
            [.. LongText(256), .. "q\0"u8, .. Repeat(80_000, [.. "h\0h\0"u8, 0x93])], 4) },
        { "objects of one large state", TooManyValues, () => Pickled(
            [.. "c__main__\nA\nq\0}q\x01("u8, .. Enumerable.Range(0, 60_000).SelectMany(i => (byte[])[.. LongText(8, i), (byte)'N']), (byte)'u',
                .. Repeat(24_000, [.. "h\0)"u8, 0x81, .. "h\u0001b"u8])]) },
        { "objects of one item", TooManyValues, () => Pickled([.. "c__main__\nA\nq\0"u8, .. Repeat(40_000, [.. "h\0)"u8, 0x81, .. "NNs"u8])]) },
        { "bytes after bytes", TooManyValues, () => Pickled(Repeat(240_000, [.. "C\x20"u8, .. new byte[32]]), 5) },
        { "sets of sets", TooManyValues, () => Pickled(Repeat(60_000, [0x8f, .. "(N"u8, 0x90]), 4) },
        { "a dict of long keys", "model_state_dict: it is missing", () => Pickled(
            [(byte)'}', .. Enumerable.Range(0, 80_000).SelectMany(i => (byte[])[.. LongText(80, i), .. "Ns"u8])]) },
        { "one long key in many dicts", "a key of 4000000 characters", () => Pickled(
            [.. LongText(4_000_000), .. "q\0"u8, .. "}q\x01"u8, .. Repeat(40_000, [.. "}h\0Ns"u8])]) },
        { "the longest key in many dicts", TooManyValues, () => Pickled([.. LongText(1024), .. "q\0"u8, .. Repeat(60_000, [.. "}h\0Ns"u8])]) },
        { "a network expanded from a few numbers", "parameters, expected at most", () => Expanded(4096) },
        { "a storage larger than any network", "expected at most 67108864", () => LargeStorage() },
    };

    [Theory]
    [MemberData(nameof(Bombs), DisableDiscoveryEnumeration = true)]
    public void Bomb_IsRefusedInBoundedMemory(string what, string because, Func<byte[]> bomb)
    {
        var bytes = bomb();

        Assert.True(Bounded(bytes), what);
        Assert.Contains(because, Outcome(bytes)?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LargestNetwork_IsReadInBoundedMemory()
    {
        var bytes = Expanded(490);

        Assert.True(Bounded(bytes));
        Assert.Null(Outcome(bytes));
    }

    private const string TooManyOpcodes = "more than 250000 opcodes";
    private const string TooManyValues = "expected one value alone";

    private static Config Many => Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(60);

    /// <summary>Up to four places, taken modulo the length, and what to do there; mostly to overwrite, for an insertion moves all that follows.</summary>
    private static Arbitrary<(int SourceLocation, int Action)[]> Mutations =>
        Gen.Zip(Gen.Choose(0, int.MaxValue), Gen.Choose(0, 511)).NonEmptyListOf().Select(l => l.Take(4).ToArray()).ToArbitrary();

    private static byte[] Mutate(byte[] whole, (int SourceLocation, int Action)[] mutations)
    {
        var bytes = whole.ToList();
        foreach (var (place, action) in mutations)
        {
            var at = place % bytes.Count;
            switch (action)
            {
                case < 256: bytes[at] = (byte)action; break;
                case < 464: bytes[at] = Interesting[action % Interesting.Length]; break;
                case < 480: bytes.RemoveAt(at); break;
                case < 496: bytes.Insert(at, Interesting[action % Interesting.Length]); break;
                default: bytes.InsertRange(at, bytes.Skip(at / 2).Take(action % 16).ToArray()); break;
            }
        }

        return [.. bytes];
    }

    private static bool Bounded(byte[] bytes)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        Outcome(bytes);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.InRange(allocated, 0, MaxAllocated);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, MaxTime);
        return true;
    }

    /// <summary>The refusal, or null where it is read. Any other exception is the test's failure.</summary>
    private static CheckpointException? Outcome(byte[] bytes)
    {
        try
        {
            var checkpoint = TestCheckpoint.Read(bytes);
            Assert.Equal(64, checkpoint.Digest.Length);
            return null;
        }
        catch (CheckpointException refusal)
        {
            return refusal;
        }
    }

    /// <summary>A checkpoint with something of everything a pickle may hold.</summary>
    private static TestCheckpoint Rich()
    {
        var checkpoint = new TestCheckpoint()
            .With("best_val_loss", TestCheckpoint.Scalar("f8", BitConverter.GetBytes(0.5)))
            .With("epoch", new TestTensor("epoch", "LongStorage", 1, 0, [], []).Pickled)
            .With("metadata", new Dictionary<object, object?> { ["model_version"] = "v2", ["trained_at"] = "2025-10-12T10:00:00Z", [1] = null })
            .With("scaler", new NewObject("sklearn.preprocessing._data", "StandardScaler", new Dictionary<object, object?>
            {
                ["n_features_in_"] = 20,
                ["mean_"] = TestCheckpoint.Array("f8", new byte[160], [20]),
                ["scale_"] = TestCheckpoint.Array("i2", new byte[40], [20], "numpy._core.multiarray"),
            }));
        checkpoint.Storages["epoch"] = BitConverter.GetBytes(3L);
        return checkpoint;
    }

    private static byte[] Pickled(IEnumerable<byte> opcodes, byte protocol = 2) => new TestCheckpoint().Bytes([0x80, protocol, .. opcodes, (byte)'.']);

    private static List<ZipItem> Entries(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return [.. zip.Entries.Select(entry =>
        {
            using var content = new MemoryStream();
            using var stored = entry.Open();
            stored.CopyTo(content);
            return new ZipItem(entry.FullName, content.ToArray());
        })];
    }

    private static IEnumerable<byte> Repeat(int count, byte[] opcodes) => Enumerable.Repeat(opcodes, count).SelectMany(o => o);

    private static byte[] LongText(int length, int number = 0) =>
        [(byte)'X', .. BitConverter.GetBytes(length), .. Encoding.ASCII.GetBytes(number.ToString("x", null).PadLeft(length, 'a'))];

    private static byte[] LargeStorage()
    {
        var checkpoint = new TestCheckpoint();
        checkpoint.Storages["0"] = new byte[(64 << 20) + 1];
        return checkpoint.Bytes();
    }

    // every stride is 0: a file of a few kilobytes names millions of weights
    private static byte[] Expanded(int units)
    {
        var checkpoint = new TestCheckpoint();
        foreach (var (name, shape) in TestCheckpoint.Shapes.Where(s => s.Name.StartsWith("lstm", StringComparison.Ordinal)))
        {
            var columns = name == "lstm1.weight_ih_l0" ? 20 : units;
            checkpoint.Tensors[name] = new TestTensor(
                "0", "FloatStorage", 240, 0, shape.Length == 2 ? [4 * units, columns] : [4 * units], shape.Length == 2 ? [0, 0] : [0]).Pickled;
        }

        checkpoint.Tensors["fc1.weight"] = new TestTensor("0", "FloatStorage", 240, 0, [4, units], [0, 0]).Pickled;
        return checkpoint.Bytes();
    }
}
