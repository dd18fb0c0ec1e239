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
        Assert.Contains("nothing was executed", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("scaler", refusal.Location);
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
        { "SETITEM on a list", [.. "]K\x01K\x02s"u8] },
        { "SETITEMS of three", [.. "}(K\x01K\x02K\x03u"u8] },
        { "SETITEMS with a dict as key", [.. "}(}K\x02u"u8] },
        { "APPEND on a dict", [.. "}K\x01a"u8] },
        { "APPENDS on a tuple", [.. ")(K\x01e"u8] },
        { "REDUCE of a list", [.. "])R"u8] },
        { "REDUCE without a tuple", [.. "ccollections\nOrderedDict\n]R"u8] },
        { "TUPLE2 through a mark", [.. "K\x01(K\x02"u8, 0x86] },
        { "TUPLE without a mark", [.. "t"u8] },
        { "BINPUT of nothing", [.. "q\0"u8] },
        { "BINPUT with a gap", [.. "Nq\x05"u8] },
        { "LONG_BINPUT far away", [.. "Nr\xff\xff\xff"u8, 0xff] },
        { "BINGET of nothing", [.. "h\0"u8] },
        { "BINUNICODE longer than the pickle", [(byte)'X', 0xff, 0xff, 0xff, 0x7f] },
        { "BINUNICODE longer than 2 GiB", [(byte)'X', 0xff, 0xff, 0xff, 0xff] },
        { "BINUNICODE that is not UTF-8", [(byte)'X', 1, 0, 0, 0, 0xff] },
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
        { "POP of nothing", [.. "0"u8] },
        { "POP through a mark", [.. "N(0"u8] },
        { "POP_MARK without a mark", [.. "N1"u8] },
        { "ADDITEMS on a list", [.. "](K\x01"u8, 0x90] },
        { "NEXT_BUFFER", [0x97] },
        { "PERSID", [.. "P0\n"u8] },
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

    public static TheoryData<string, byte[]> MalformedLater => new()
    {
        { "STACK_GLOBAL of nothing", [0x93] },
        { "STACK_GLOBAL of a number", [0x8c, 1, (byte)'a', .. "K\x01"u8, 0x93] },
        { "STACK_GLOBAL of a long name", [0x8c, 1, (byte)'a', (byte)'X', 0x01, 0x01, 0, 0, .. Enumerable.Repeat((byte)'b', 257), 0x93] },
        { "MEMOIZE of nothing", [0x94] },
        { "FRAME beyond the end", [0x95, 3, 0, 0, 0, 0, 0, 0, 0, (byte)'N'] },
        { "FRAME of more than there can be", [0x95, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] },
        { "BINUNICODE8 of more than there can be", [0x8d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff] },
        { "BINBYTES8 longer than the pickle", [0x8e, 9, 0, 0, 0, 0, 0, 0, 0, 1] },
        { "BYTEARRAY8 longer than the pickle", [0x96, 9, 0, 0, 0, 0, 0, 0, 0, 1] },
        { "SHORT_BINUNICODE that is not UTF-8", [0x8c, 1, 0xff] },
        { "ADDITEMS on a dict", [.. "}(K\x01"u8, 0x90] },
        { "FROZENSET without a mark", [0x91] },
        { "NEWOBJ_EX of a dict", [.. "})}"u8, 0x92] },
        { "READONLY_BUFFER", [0x98] },
    };

    [Theory]
    [MemberData(nameof(MalformedLater))]
    public void MalformedPickleOfALaterProtocol_IsRefusedByItsOffset(string what, byte[] opcodes)
    {
        var refusal = TestCheckpoint.Refused(new TestCheckpoint().Bytes([0x80, 5, .. opcodes, (byte)'.']));

        Assert.True(refusal.Location.StartsWith("data.pkl, offset ", StringComparison.Ordinal), $"{what}: {refusal.Message}");
    }

    [Theory]
    [InlineData(2, 0x8c)]
    [InlineData(3, 0x8f)]
    [InlineData(2, (byte)'B')]
    [InlineData(4, 0x96)]
    public void OpcodeOfALaterProtocol_IsRefused(byte protocol, byte opcode) => TestCheckpoint.Refused(
        new TestCheckpoint().Bytes([0x80, protocol, opcode, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'.']), $"in a pickle of protocol {protocol}");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    public void OtherProtocol_IsRefused(byte protocol) =>
        TestCheckpoint.Refused(new TestCheckpoint().Bytes([0x80, protocol, .. "}."u8]), $"pickle protocol {protocol}, expected 2");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void EveryProtocolOfPython3_IsRead(byte protocol) =>
        Assert.Equal(new TestCheckpoint().Read().Digest, TestCheckpoint.Read(Of(protocol, new TestCheckpoint())).Digest);

    // what the forms of protocols 3 to 5 give, in a value that is read
    [Theory]
    [InlineData(new byte[] { 0x8c, 2, (byte)'v', (byte)'9' }, "v9")]
    [InlineData(new byte[] { 0x8d, 2, 0, 0, 0, 0, 0, 0, 0, (byte)'v', (byte)'9' }, "v9")]
    [InlineData(new byte[] { 0x95, 5, 0, 0, 0, 0, 0, 0, 0, 0x8c, 2, (byte)'v', (byte)'9' }, "v9")]
    [InlineData(new byte[] { (byte)'U', 2, (byte)'v', (byte)'9' }, "v9")]
    public void EveryFormOfText_IsRead(byte[] opcodes, string expected)
    {
        var checkpoint = new TestCheckpoint().With("metadata", new Dictionary<object, object?> { ["model_version"] = new RawOpcodes(opcodes) });

        Assert.Equal(expected, TestCheckpoint.Read(Of(5, checkpoint)).Metadata.ModelVersion);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'C', 8 })]
    [InlineData(new byte[] { (byte)'B', 8, 0, 0, 0 })]
    [InlineData(new byte[] { 0x8e, 8, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x96, 8, 0, 0, 0, 0, 0, 0, 0 })]
    public void EveryFormOfBytes_IsRead(byte[] opcodes)
    {
        var bytes = new RawOpcodes([.. opcodes, .. BitConverter.GetBytes(0.25)]);
        var scalar = new TestCheckpoint().With("best_val_loss", new Call("numpy._core.multiarray", "scalar", TestCheckpoint.DType("f8"), bytes));
        var array = new TestCheckpoint().With(
            "best_val_loss", new Call("numpy.core.numeric", "_frombuffer", bytes, TestCheckpoint.DType("f8"), Array.Empty<object?>(), "C"));

        Assert.Equal(0.25, TestCheckpoint.Read(Of(5, scalar)).Metadata.BestValLoss);
        Assert.Equal(0.25, TestCheckpoint.Read(Of(5, array)).Metadata.BestValLoss);
    }

    [Fact]
    public void GlobalOfTheStackAndMemo_AreRead()
    {
        byte[] ordered = [0x8c, 11, .. "collections"u8, 0x94, 0x8c, 11, .. "OrderedDict"u8, 0x94, 0x93, 0x94, (byte)')', (byte)'R', 0x94];
        byte[] version = [.. PickleWriter.Write(new Dictionary<object, object?> { ["model_version"] = "v9" })[3..^1]];
        var checkpoint = new TestCheckpoint().With("metadata", new RawOpcodes([.. ordered, .. version])).With("copy", new RawOpcodes([.. "h\x03"u8]));

        Assert.Equal("v9", TestCheckpoint.Read(Of(4, checkpoint)).Metadata.ModelVersion);
    }

    [Fact]
    public void SetsAndObjectsOfLaterProtocols_AreInert()
    {
        var checkpoint = new TestCheckpoint()
            .With("set", new RawOpcodes([0x8f, (byte)'(', .. "K\x01K\x02"u8, 0x90]))
            .With("frozen", new RawOpcodes([(byte)'(', .. "K\x01K\x02"u8, 0x91]))
            .With("made", new RawOpcodes([.. "c__main__\nArgs\n)}"u8, 0x92, .. "}b"u8]));

        Assert.Equal(new TestCheckpoint().Read().Digest, TestCheckpoint.Read(Of(4, checkpoint)).Digest);
    }

    private static byte[] Of(byte protocol, TestCheckpoint checkpoint)
    {
        var pickle = checkpoint.Pickle();
        pickle[1] = protocol;
        return checkpoint.Bytes(pickle);
    }

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

    // ([()],) with itself inside, as Python writes it
    [Fact]
    public void TupleThatHoldsItself_IsRead()
    {
        var checkpoint = new TestCheckpoint()
            .With("short", new RawOpcodes([.. "]q\0h\0"u8, 0x85, .. "q\u0001a0h\u0001"u8]))
            .With("long", new RawOpcodes([.. "(]q\x02(K\x01K\x02K\x03h\u0002tq\u0003a1h\u0003"u8]));

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }

    [Fact]
    public void DictThatHoldsItself_IsRead()
    {
        // {...}: memo 0 is the dict, under its own key
        var checkpoint = new TestCheckpoint().With("metrics", new RawOpcodes([.. "}q\0X\x01\0\0\0ah\0s"u8]));

        Assert.Equal(new TestCheckpoint().Read().Digest, checkpoint.Read().Digest);
    }
}
