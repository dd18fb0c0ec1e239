using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>A checkpoint with calibrations answers each timeframe with its own.</summary>
public sealed class CalibratedServingTests
{
    private static readonly double[] Frequencies = [0.5, 0.2, 0.3];

    private static readonly Dictionary<string, double> Scales = new() { ["7d"] = 1, ["14d"] = 0.5, ["30d"] = 0 };

    [Theory]
    [InlineData("7d")]
    [InlineData("14d")]
    [InlineData("30d")]
    public async Task Timeframe_HasItsCalibratedProbabilities(string timeframe)
    {
        var raw = Golden.Probabilities(Golden.Delta).Select(p => (float)p).ToArray();
        var expected = CalibrationFit.For(Frequencies, Scales[timeframe]).Apply(raw);
        var folder = new TestFolder().WithGolden(Golden.Delta);
        Recalibrate(Path.Combine(folder.Models, "DELTA_best.pth"));
        await using var service = await TestService.StartAsync(folder, ("Prices:Folder", folder.Prices));

        AssertAnswer(await service.PostAsync("/predict", new { symbol = "DELTA", timeframe }));
        AssertAnswer(await service.PostAsync("/predict/ensemble", new { symbol = "DELTA", timeframe }));

        void AssertAnswer(Reply reply)
        {
            var prediction = reply.Json.GetProperty("prediction");
            var p = prediction.GetProperty("probabilities");
            double[] actual = [p.GetProperty("bearish").GetDouble(), p.GetProperty("neutral").GetDouble(), p.GetProperty("bullish").GetDouble()];
            Assert.Equal(expected, actual, (a, b) => Math.Abs(a - b) < 2e-6);
            Assert.Equal(expected.Max(), prediction.GetProperty("confidenceScore").GetDouble(), 5e-4);
        }
    }

    private static void Recalibrate(string path)
    {
        var checkpoint = CheckpointReader.Read(path);
        var calibration = Scales.ToDictionary(pair => pair.Key, pair => (object?)new Dictionary<string, object?>
        {
            ["scale"] = pair.Value,
            ["bias"] = new List<object?>(CalibrationFit.For(Frequencies, pair.Value).Bias.Cast<object?>()),
        });
        File.WriteAllBytes(path, CheckpointWriter.Write(checkpoint.Weights, checkpoint.Scaler, new(1, 1, 0.5, checkpoint.SequenceLength)
        {
            Metadata = new() { ["calibration"] = calibration },
        }));
    }
}
