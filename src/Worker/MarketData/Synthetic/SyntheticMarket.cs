namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// The part of the daily changes that all synthetic symbols share. The market is quiet, rising, falling or in panic, for weeks or months at a time.
/// </summary>
internal sealed class SyntheticMarket
{
    public static readonly DateOnly FirstDay = new(2018, 1, 1);

    private static readonly Regime[] Regimes =
    [
        new("quiet", Drift: 0.0005, Level: 0.014, Days: 60, Share: 0.4),
        new("rising", Drift: 0.004, Level: 0.022, Days: 70, Share: 0.3),
        new("falling", Drift: -0.002, Level: 0.024, Days: 60, Share: 0.22),
        new("panic", Drift: -0.008, Level: 0.05, Days: 9, Share: 0.08),
    ];

    private readonly double[] _changes;
    private readonly double[] _volatilities;

    private SyntheticMarket(int days) => (_changes, _volatilities) = (new double[days], new double[days]);

    /// <summary>The number of days since <see cref="FirstDay"/>.</summary>
    public int Days => _changes.Length;

    /// <summary>The last day; the day before <see cref="FirstDay"/> where there is none.</summary>
    public DateOnly LastDay => FirstDay.AddDays(Days - 1);

    /// <summary>The market up to a day.</summary>
    public static SyntheticMarket Through(DateOnly lastDay)
    {
        var market = new SyntheticMarket(Math.Max(0, lastDay.DayNumber - FirstDay.DayNumber + 1));
        var seed = SplitMix64.SeedOf("market");
        var regime = Regimes[0];
        var noise = new ClusteredNoise(regime.Level);
        for (var day = 0; day < market.Days; day++)
        {
            var random = SplitMix64.OfDay(seed, day);
            if (random.NextUniform() < 1.0 / regime.Days)
            {
                regime = Draw(random.NextUniform());
            }

            market._changes[day] = regime.Drift + noise.Next(regime.Level, ref random);
            market._volatilities[day] = noise.Volatility;
        }

        return market;
    }

    /// <summary>The market's change of a day, as a fraction, and its standard deviation.</summary>
    public (double Change, double Volatility) this[int day] => (_changes[day], _volatilities[day]);

    private static Regime Draw(double uniform)
    {
        foreach (var regime in Regimes)
        {
            uniform -= regime.Share;
            if (uniform < 0)
            {
                return regime;
            }
        }

        return Regimes[0];
    }

    /// <param name="Name">For people.</param>
    /// <param name="Drift">Mean change of a day.</param>
    /// <param name="Level">Standard deviation of a day's change.</param>
    /// <param name="Days">Mean length.</param>
    /// <param name="Share">How often it is the next one.</param>
    private sealed record Regime(string Name, double Drift, double Level, int Days, double Share);
}
