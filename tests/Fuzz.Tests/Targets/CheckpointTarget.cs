using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>A checkpoint file, or the pickle in one whose sizes and CRCs are right, so that a mutant reaches the unpickler.</summary>
internal sealed class CheckpointTarget(bool isPickle) : IFuzzTarget
{
    private static readonly TestCheckpoint Small = CheckpointSeeds.Rich();
    private static readonly List<ZipItem> Items = Small.Items();

    public IReadOnlyList<byte[]> Seeds { get; } = isPickle
        ? [Small.Pickle(), .. CheckpointSeeds.OfPyTorch().Select(CheckpointSeeds.PickleOf)]
        : [Small.Bytes(), .. CheckpointSeeds.OfPyTorch().Select(File.ReadAllBytes)];

    // opcodes alone and in their usual company, and names that are read
    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        .. "()01.BCGJKMNQRUX]abcehjqrstu}"u8.ToArray().Select(opcode => (byte[])[opcode]),
        .. Enumerable.Range(0x80, 0x18).Select(opcode => (byte[])[(byte)opcode]),
        .. new[] { "sequence_length", "features", "scaler", "mean", "std", "config", "metadata", "calibration", "model_version", "window_size" }.Select(Text),
        [.. "ccollections\nOrderedDict\n)R"u8], [.. "ctorch\nFloatStorage\n"u8], [.. "ctorch._utils\n_rebuild_tensor_v2\n"u8], [.. "cbuiltins\neval\n"u8],
        [.. "cnumpy\ndtype\n"u8], [.. "h\0h\x01"u8], [.. "q\0"u8], [.. "(Nt"u8], [.. "}(u"u8], [.. "PK\x01\x02"u8], [.. "PK\x03\x04"u8], [.. "PK\x05\x06"u8],
    ];

    public ValueTask<string> ReadAsync(byte[] input)
    {
        try
        {
            // As it is: the same zip around the pickle.
            using var stream = new MemoryStream(isPickle ? ZipWriter.Write([new ZipItem("tiny/data.pkl", input), .. Items.Skip(1)]) : input);
            var report = CheckpointReader.Inspect(stream, "FUZZ_best.pth");
            Assert.Equal(64, report.Checkpoint.Digest.Length);
            return new("read");
        }
        catch (CheckpointException refusal)
        {
            Assert.StartsWith("FUZZ_best.pth: ", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.InRange(refusal.Message.Length, 0, 2_000);
            return new(refusal.Message);
        }
    }

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. System.Text.Encoding.ASCII.GetBytes(text)];
}
