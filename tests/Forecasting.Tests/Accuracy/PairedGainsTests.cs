using Coinsphere.Messaging.Forecasting.Accuracy;

namespace Coinsphere.Messaging.Forecasting.Tests.Accuracy;

public sealed class PairedGainsTests
{
    private static readonly DateOnly First = new(2024, 1, 1);

    [Fact]
    public void SymbolsOfADay_CountTogether()
    {
        var (one, many) = (new PairedGains(), new PairedGains());
        for (var i = 0; i < 100; i++)
        {
            var gain = Math.Sin(i);
            one.Add(First.AddDays(i), 7, gain);
            for (var symbol = 0; symbol < 15; symbol++)
            {
                many.Add(First.AddDays(i), 7, gain);
            }
        }

        // Fifteen symbols that move as one tell no more than one.
        var (alone, together) = (one.ByHorizon(0.9)[7], many.ByHorizon(0.9)[7]);
        Assert.Equal((alone.Lower, alone.Upper), (together.Lower, together.Upper), Near);
        Assert.Equal((100, 1500), (one.Count, many.Count));
    }

    [Fact]
    public void HorizonsWithoutEnoughDays_AreLeftOut()
    {
        var gains = new PairedGains();
        for (var i = 0; i < 60; i++)
        {
            foreach (var horizon in new[] { 7, 14, 30 })
            {
                gains.Add(First.AddDays(i), horizon, horizon);
            }
        }

        Assert.Equal([7, 14], gains.ByHorizon(0.9).Keys);
        var together = gains.Together(0.9)!;
        Assert.Equal([7, 14], together.Horizons);
        Assert.Equal((60, 10.5), (together.Days, together.Gain.Mean));
        Assert.Equal(17, gains.Mean!.Value, 12);
    }

    [Fact]
    public void MissingDays_AreDaysWithoutValues()
    {
        var gains = new PairedGains();
        gains.Add(First.AddDays(40), 7, 3);
        gains.Add(First, 7, 1);

        Assert.Equal((41, 2.0), (gains.Together(0.9)!.Days, gains.Together(0.9)!.Gain.Mean));
    }

    [Fact]
    public void Nothing_HasNoMeanAndNoBounds()
    {
        var gains = new PairedGains();

        Assert.Null(gains.Mean);
        Assert.Null(gains.Together(0.9));
        Assert.Empty(gains.ByHorizon(0.9));
    }

    private static bool Near((double, double) one, (double, double) other) =>
        Math.Abs(one.Item1 - other.Item1) < 1e-9 && Math.Abs(one.Item2 - other.Item2) < 1e-9;
}
