using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Training;

namespace Coinsphere.Messaging.Forecasting.Tests.Checkpoints;

/// <summary>metadata['calibration'] changes answers, so it is whole and sound or the file is refused.</summary>
public sealed class CalibrationReadingTests
{
    [Fact]
    public void Calibrations_AreReadAndPartOfTheDigest()
    {
        var (half, whole, none) = (Read(Calibration(0.5)), Read(Calibration(1)), Read(null));

        Assert.Equal(0.5, half.Calibrations![14].Scale);
        Assert.Equal([-1, -2, -0.5], half.Calibrations[14].Bias);
        Assert.Null(none.Calibrations);
        Assert.Equal(3, new[] { half.Digest, whole.Digest, none.Digest }.Distinct().Count());
    }

    [Fact]
    public void MissingTimeframe_IsRefusedByName()
    {
        var calibration = Calibration(1);
        calibration.Remove("30d");

        Assert.Contains("metadata['calibration']['30d']", Refusal(calibration), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(101)]
    [InlineData(double.NaN)]
    [InlineData("1")]
    public void Scale_IsANumberFromZero(object scale)
    {
        var calibration = Calibration(1);
        ((Dictionary<string, object?>)calibration["14d"]!)["scale"] = scale;

        Assert.Contains("expected a number from 0 to 100", Refusal(calibration), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.0, 0.0, double.PositiveInfinity)]
    [InlineData(0.0, 0.0, 0.0, 0.0)]
    public void Bias_IsThreeNumbers(params double[] bias)
    {
        var calibration = Calibration(1);
        ((Dictionary<string, object?>)calibration["7d"]!)["bias"] = new List<object?>(bias.Cast<object?>());

        Assert.Contains("expected 3 numbers", Refusal(calibration), StringComparison.Ordinal);
    }

    private static Dictionary<string, object?> Calibration(double scale) => new[] { "7d", "14d", "30d" }.ToDictionary(
        key => key, _ => (object?)new Dictionary<string, object?> { ["scale"] = scale, ["bias"] = new List<object?> { -1.0, -2.0, -0.5 } });

    private static string Refusal(Dictionary<string, object?> calibration) => Assert.Throws<CheckpointException>(() => Read(calibration)).Message;

    private static Checkpoint Read(Dictionary<string, object?>? calibration)
    {
        var facts = new CheckpointFacts(1, 1, 0.5, 30) { Metadata = calibration is null ? [] : new() { ["calibration"] = calibration } };
        return CheckpointReader.Read(new MemoryStream(CheckpointWriter.Write(Parameters.Initial(20, [4, 3, 2], 1).ToWeights(), null, facts)), "BTC_best.pth");
    }
}
