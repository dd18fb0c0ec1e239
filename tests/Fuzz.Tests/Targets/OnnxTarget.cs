using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Onnx;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>An ONNX file as our own reader checks it, before the library sees it.</summary>
internal sealed class OnnxTarget : IFuzzTarget
{
    public IReadOnlyList<byte[]> Seeds { get; } = [.. new[] { "convolution", "gru" }.Select(kind => File.ReadAllBytes(Golden.OnnxPath(kind)))];

    // tags of messages and numbers, long numbers, and names that are read
    public IReadOnlyList<byte[]> Tokens { get; } =
    [
        [0x0a], [0x12], [0x3a], [0x42], [0x72], [0x08], [0x10], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0x80, 0x80, 0x80, 0x80, 0x10],
        .. new[] { "sequence_length", "features", "scaler", "window", "[\"rsi\"]", "[", "{\"", "1e999", "-1", "model_version", "Loop", "If" }
            .Select(System.Text.Encoding.ASCII.GetBytes),
    ];

    public ValueTask<string> ReadAsync(byte[] input)
    {
        try
        {
            Assert.Equal(64, OnnxModel.Read(input, "FUZZ_best.onnx").Digest.Length);
            return new("read");
        }
        catch (CheckpointException refusal)
        {
            Assert.StartsWith("FUZZ_best.onnx: ", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
            return new(refusal.Message);
        }
    }
}
