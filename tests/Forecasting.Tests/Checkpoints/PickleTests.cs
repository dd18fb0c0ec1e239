using System.Text;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public class PickleTests
{
    [Theory]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_tensor")]
    [InlineData("numpy.core.multiarray", "fromfile")]
    [InlineData("torch.FloatStorage", "from_file")]
    public void ForbiddenGlobal_IsRefusedByName(string module, string name)
    {
        var refusal = new TestCheckpoint().With("scaler", new Call(module, name, "touch /tmp/owned")).Refused();

        Assert.Contains($"the global '{module}.{name}', which is not on the list", refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("data.pkl, offset ", refusal.Location, StringComparison.Ordinal);
    }

    [Fact]
    public void GlobalWithALineBreak_CannotForgeALogLine()
    {
        var refusal = new TestCheckpoint().With("scaler", new Class("a\r\u2028", "b")).Refused();

        Assert.Contains(@"'a\u000d\u2028.b'", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "BUILD on a list", [.. "]}b"u8] },
        { "BUILD on an OrderedDict with a list", [.. "ccollections\nOrderedDict\n)R]b"u8] },
        { "BUILD on a dtype with fields", [.. "cnumpy\ndtype\nX\x02\0\0\0f8"u8, 0x89, 0x88, 0x87, .. "R(K\x03X\x01\0\0\0<N)NNNK\0tb"u8] },
        { "SETITEM on a list", [.. "]K\x01K\x02s"u8] },
        { "SETITEMS of three", [.. "}(K\x01K\x02K\x03u"u8] },
        { "SETITEMS with a dict as key", [.. "}(}K\x02u"u8] },
        { "APPEND on a dict", [.. "}K\x01a"u8] },
        { "APPENDS on a tuple", [.. ")(K\x01e"u8] },
        { "REDUCE of a list", [.. "])R"u8] },
        { "REDUCE without a tuple", [.. "ccollections\nOrderedDict\n]R"u8] },
        { "REDUCE of a class", [.. "csklearn.preprocessing._data\nStandardScaler\n)R"u8] },
        { "OrderedDict of items", [.. "ccollections\nOrderedDict\n]"u8, 0x85, .. "R"u8] },
        { "encode to another code", [.. "c_codecs\nencode\nX\x01\0\0\0aX\x03\0\0\0zip"u8, 0x86, .. "R"u8] },
        { "NEWOBJ of an OrderedDict", [.. "ccollections\nOrderedDict\n)"u8, 0x81] },
        { "POP through a mark", [.. "K\x01(K\x02"u8, 0x86] },
        { "TUPLE without a mark", [.. "t"u8] },
        { "BINPUT of nothing", [.. "q\0"u8] },
        { "BINPUT with a gap", [.. "Nq\x05"u8] },
        { "LONG_BINPUT far away", [.. "Nr\xff\xff\xff"u8, 0xff] },
        { "BINGET of nothing", [.. "h\0"u8] },
        { "BINUNICODE longer than the pickle", [(byte)'X', 0xff, 0xff, 0xff, 0x7f] },
        { "BINUNICODE longer than 2 GiB", [(byte)'X', 0xff, 0xff, 0xff, 0xff] },
        { "BINUNICODE that is not UTF-8", [(byte)'X', 1, 0, 0, 0, 0xff] },
        { "LONG1 of nine bytes", [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
        { "GLOBAL without an end", [(byte)'c', .. Enumerable.Repeat((byte)'a', 1000)] },
        { "GLOBAL that is not UTF-8", [(byte)'c', 0xff, .. "\n\n"u8] },
        { "BINPERSID of a list", [.. "]Q"u8] },
        { "BINPERSID of a tuple of two", [.. "NN"u8, 0x86, .. "Q"u8] },
        { "a second PROTO", [0x80, 2] },
        { "INST", [.. "(iposix\nsystem\n"u8] },
        { "OBJ", [.. "(cposix\nsystem\no"u8] },
        { "EXT1", [0x82, 1] },
        { "STACK_GLOBAL", [0x93] },
        { "FRAME", [0x95, 0, 0, 0, 0, 0, 0, 0, 0] },
        { "BINBYTES", [.. "B\x01\0\0\0a"u8] },
        { "DUP", [.. "N2"u8] },
        { "a value too many", [.. "NN"u8] },
        { "an open mark", [.. "N("u8] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void MalformedPickle_IsRefusedByItsOffset(string what, byte[] opcodes)
    {
        var refusal = TestCheckpoint.Refused(new TestCheckpoint().Bytes([0x80, 2, .. opcodes, (byte)'.']));

        Assert.True(refusal.Location.StartsWith("data.pkl, offset ", StringComparison.Ordinal), $"{what}: {refusal.Message}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void OtherProtocol_IsRefused(byte protocol) =>
        TestCheckpoint.Refused(new TestCheckpoint().Bytes([0x80, protocol, .. "}."u8]), $"pickle protocol {protocol}, expected 2");

    [Theory]
    [InlineData("}.")]
    [InlineData("")]
    public void PickleWithoutProtocol_IsRefused(string pickle) =>
        TestCheckpoint.Refused(new TestCheckpoint().Bytes(Encoding.ASCII.GetBytes(pickle)), "data.pkl, offset 0");

    [Fact]
    public void BytesAfterTheEnd_AreRefused() =>
        TestCheckpoint.Refused(new TestCheckpoint().Bytes([.. new TestCheckpoint().Pickle(), 0]), "1 bytes left");

    [Theory]
    [InlineData(new byte[] { 0x8a, 0 }, 0)]
    [InlineData(new byte[] { 0x8a, 1, 0xfe }, -2)]
    [InlineData(new byte[] { 0x8a, 2, 0xff, 0 }, 255)]
    [InlineData(new byte[] { 0x8a, 5, 0, 0, 0, 0, 1 }, 1L << 32)]
    [InlineData(new byte[] { (byte)'K', 200 }, 200)]
    [InlineData(new byte[] { (byte)'M', 0, 200 }, 51200)]
    [InlineData(new byte[] { (byte)'J', 0xfe, 0xff, 0xff, 0xff }, -2)]
    public void EveryFormOfInteger_IsRead(byte[] opcodes, long expected) =>
        Assert.Equal(expected, new TestCheckpoint().With("epoch", new RawOpcodes(opcodes)).Read().Metadata.Epoch);

    [Theory]
    [InlineData(new byte[] { (byte)'q', 0 }, new byte[] { (byte)'h', 0 })]
    [InlineData(new byte[] { (byte)'r', 0, 0, 0, 0 }, new byte[] { (byte)'j', 0, 0, 0, 0 })]
    public void Memo_GivesTheValueBack(byte[] put, byte[] get)
    {
        var checkpoint = new TestCheckpoint()
            .With("best_val_loss", new RawOpcodes([.. PickleWriter.Write(0.375)[2..^1], .. put]))
            .With("best_val_accuracy", new RawOpcodes(get));

        Assert.Equal(0.375, checkpoint.Read().Metadata.BestValAccuracy);
    }

    [Fact]
    public void DictThatHoldsItself_IsRead()
    {
        // {...}: memo 0 is the dict, under its own key
        var checkpoint = new TestCheckpoint().With("metrics", new RawOpcodes([.. "}q\0X\x01\0\0\0ah\0s"u8]));

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }
}
