using System.Text.Json;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Tests.Features;

public sealed class FeatureGoldenTests
{
    // Measured: at most 1e-13, on lower bands that are small against the prices they come from.
    private const double RelativeTolerance = 3e-12;

    [Theory]
    [MemberData(nameof(Golden.Each), MemberType = typeof(Golden))]
    public void GoldenPrices_GiveTheGoldenFeatures(string name)
    {
        var expected = Golden.Features(name);

        var table = FeatureEngineer.Compute(Golden.Prices(name), SentimentSeries.Neutral);

        Assert.True(table.EndsAtLastBar);
        Assert.Equal(expected.Select(row => row.Day), table.Days.ToArray());
        for (var row = 0; row < expected.Length; row++)
        {
            for (var feature = 0; feature < FeatureNames.Count; feature++)
            {
                var (want, got) = (expected[row].Values[feature], table.Row(row)[feature]);
                Assert.True(
                    Math.Abs(got - want) <= RelativeTolerance * Math.Abs(want),
                    $"{FeatureNames.All[feature]} of {expected[row].Day:O}: expected {want:R}, got {got:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Golden.Each), MemberType = typeof(Golden))]
    public void GoldenPricesAndScaler_GiveTheGoldenWindow(string name)
    {
        var expected = Golden.Expected(name).GetProperty("standardised_window").Deserialize<double[]>()!;
        var table = FeatureEngineer.Compute(Golden.Prices(name), SentimentSeries.Neutral);
        var scaler = CheckpointReader.Read(Golden.CheckpointPath(name)).Scaler;

        var window = FeatureWindow.Standardise(table, 90, scaler);

        Assert.Equal(expected.Length, window.Length);
        Assert.All(expected.Zip(window), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
