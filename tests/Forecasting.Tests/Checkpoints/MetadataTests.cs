using System.Globalization;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

public class MetadataTests
{
    public static TheoryData<string, string, byte[], double> Scalars => new()
    {
        { "f8", "<", BitConverter.GetBytes(0.25), 0.25 },
        { "f8", ">", [.. BitConverter.GetBytes(0.25).Reverse()], 0.25 },
        { "f8", "=", BitConverter.GetBytes(0.25), 0.25 },
        { "f4", "<", BitConverter.GetBytes(0.25f), 0.25 },
        { "f2", "<", BitConverter.GetBytes((Half)0.25), 0.25 },
        { "i8", "<", BitConverter.GetBytes(1L), 1 },
        { "i4", "<", BitConverter.GetBytes(1), 1 },
        { "i4", ">", [0, 0, 0, 1], 1 },
        { "u2", "<", [1, 0], 1 },
        { "i1", "|", [1], 1 },
        { "b1", "|", [1], 1 },
    };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void NumPyScalar_IsANumber(string code, string order, byte[] bytes, double expected)
    {
        foreach (var module in new[] { "numpy.core.multiarray", "numpy._core.multiarray" })
        {
            var checkpoint = new TestCheckpoint().With("best_val_accuracy", TestCheckpoint.Scalar(code, bytes, module, order)).Read();

            Assert.Equal(expected, checkpoint.Metadata.BestValAccuracy);
        }
    }

    [Fact]
    public void NumPyArrayWithoutDimensions_IsANumber() =>
        Assert.Equal(0.25, new TestCheckpoint().With("best_val_loss", TestCheckpoint.Array("f8", BitConverter.GetBytes(0.25), [])).Read().Metadata.BestValLoss);

    [Fact]
    public void NumPyScalarOfTooFewBytes_IsNoNumber() =>
        Assert.Null(new TestCheckpoint().With("best_val_loss", TestCheckpoint.Scalar("f8", new byte[7])).Read().Metadata.BestValLoss);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.1)]
    [InlineData(41.2)]
    public void AccuracyThatIsNoShare_IsNull(double accuracy)
    {
        var metadata = new TestCheckpoint().With("best_val_accuracy", accuracy).Read().Metadata;

        Assert.Null(metadata.BestValAccuracy);
        Assert.Null(metadata.TestAccuracy);
    }

    [Fact]
    public void TestAccuracy_ComesBeforeTheValidationAccuracy()
    {
        var metadata = Metadata(new() { ["test_accuracy"] = 0.75 }).Metadata;

        Assert.Equal((0.75, 0.5), (metadata.TestAccuracy, metadata.BestValAccuracy));
    }

    [Fact]
    public void TestAccuracyThatIsNotFinite_FallsBackToTheValidationAccuracy() =>
        Assert.Equal(0.5, Metadata(new() { ["test_accuracy"] = double.NaN }).Metadata.TestAccuracy);

    [Theory]
    [InlineData("2025-10-12T10:00:00Z", "2025-10-12T10:00:00Z")]
    [InlineData("2025-10-12T10:00:00.123456", "2025-10-12T10:00:00.123456Z")]
    [InlineData("2025-10-12T10:00:00+02:00", "2025-10-12T08:00:00Z")]
    [InlineData("2025-10-12 10:00:00", "2025-10-12T10:00:00Z")]
    [InlineData("2025-10-12", "2025-10-12T00:00:00Z")]
    public void TrainedAt_IsUtc(string text, string expected)
    {
        var trainedAt = Metadata(new() { ["trained_at"] = text }).Metadata.TrainedAt;

        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), trainedAt);
        Assert.Equal(TimeSpan.Zero, trainedAt?.Offset);
    }

    [Theory]
    [InlineData("last summer")]
    [InlineData("12/10/2025 10:00")]
    [InlineData("2025-13-45T10:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("")]
    [InlineData(5)]
    [InlineData(null)]
    public void TrainedAtThatIsNoInstant_IsNull(object? value) => Assert.Null(Metadata(new() { ["trained_at"] = value }).Metadata.TrainedAt);

    [Theory]
    [InlineData(null, "v1.0.0")]
    [InlineData("", "v1.0.0")]
    [InlineData("v2.3.1-rc", "v2.3.1-rc")]
    public void ModelVersion_HasADefault(string? version, string expected) =>
        Assert.Equal(expected, Metadata(new() { ["model_version"] = version }).Metadata.ModelVersion);

    [Theory]
    [InlineData("v1\r\nSet-Cookie: a=b")]
    [InlineData("v123456789012345678901234567890123456789012345678901234567890123456789")]
    [InlineData(2)]
    public void ModelVersionThatIsNoShortLine_IsRefused(object version)
    {
        var refusal = new TestCheckpoint().With("metadata", new Dictionary<object, object?> { ["model_version"] = version }).Refused();

        Assert.Equal("metadata['model_version']", refusal.Location);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4096L, 4096)]
    [InlineData(60.0, 60)]
    [InlineData(null, 90)]
    public void SequenceLength_IsTheConfigs(object? value, int expected) => Assert.Equal(expected, Config(value).Read().SequenceLength);

    [Theory]
    [InlineData(0)]
    [InlineData(-90)]
    [InlineData(4097)]
    [InlineData(long.MaxValue)]
    [InlineData(89.5)]
    [InlineData(double.NaN)]
    [InlineData(true)]
    [InlineData("90")]
    public void SequenceLengthOutOfRange_IsRefused(object value) => Assert.Equal("config['sequence_length']", Config(value).Refused().Location);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoConfig_MeansASequenceOf90(bool none)
    {
        var checkpoint = new TestCheckpoint().With("config", null);
        if (!none)
        {
            checkpoint.Root.Remove("config");
        }

        Assert.Equal(90, checkpoint.Read().SequenceLength);
    }

    [Fact]
    public void AllButTheWeightsMissing_IsAllDefaults()
    {
        var checkpoint = new TestCheckpoint();
        foreach (var key in checkpoint.Root.Keys.Where(k => !k.Equals("model_state_dict")).ToList())
        {
            checkpoint.Root.Remove(key);
        }

        Assert.Equal(new("v1.0.0", null, null, null, null, null, null), checkpoint.Read().Metadata);
    }

    private static Forecasting.Checkpoints.Checkpoint Metadata(Dictionary<object, object?> metadata) => new TestCheckpoint().With("metadata", metadata).Read();

    private static TestCheckpoint Config(object? sequenceLength) =>
        new TestCheckpoint().With("config", new Dictionary<object, object?> { ["sequence_length"] = sequenceLength });
}
