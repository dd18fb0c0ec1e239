using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public sealed class CheckpointWriterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Written_IsReadBackToTheBit(bool scaled)
    {
        var parameters = Parameters.Initial(20, [8, 6, 4], seed: 3);
        var scaler = scaled
            ? new FeatureScaler(ScalerKind.ByName, [.. Enumerable.Range(0, 20).Select(i => i / 3.0)], [.. Enumerable.Range(1, 20).Select(i => 1.0 / i)])
            : null;
        var bytes = Write(parameters, scaler);
        var read = CheckpointReader.Read(new MemoryStream(bytes), "BTC_best.pth");

        Assert.Equal(parameters.Values, new Parameters(read.Weights).Values);
        Assert.Equal(scaler?.Mean, read.Scaler?.Mean);
        Assert.Equal(scaler?.Scale, read.Scaler?.Scale);
        Assert.Equal(30, read.SequenceLength);
        Assert.Equal(
            new CheckpointMetadata("v1.2.0", new DateTimeOffset(2024, 6, 30, 0, 0, 0, TimeSpan.Zero), 0.4, 0.45, 1.05, 12, new(2023, 12, 31)),
            read.Metadata);
        Assert.Equal(bytes, Write(parameters, scaler));

        // for whoever wants to load one with PyTorch by hand
        if (Environment.GetEnvironmentVariable("WRITTEN_CHECKPOINT") is { } path)
        {
            File.WriteAllBytes(path, bytes);
        }
    }

    private static byte[] Write(Parameters parameters, FeatureScaler? scaler)
    {
        var facts = new CheckpointFacts(12, 1.05, 0.45, 30)
        {
            Metadata = new()
            {
                ["model_version"] = "v1.2.0",
                ["trained_at"] = "2024-06-30T00:00:00Z",
                ["test_accuracy"] = 0.4,
                ["trained_through"] = "2023-12-31"
            },
        };
        return CheckpointWriter.Write(parameters.ToWeights(), scaler, facts);
    }
}
