namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>
/// How far prices move: fitted on several symbols together, since one symbol has too few independent months. The log of a variance is the mean of four:
/// half of it <see cref="Har"/>, a sixth each <see cref="Garch"/>, the mean squared return of 120 days and that of a year. They err at different times.
/// </summary>
/// <param name="Version">A short name, such as <c>v2023.12.31</c>.</param>
/// <param name="FittedThrough">The last day of any bar it was fitted on.</param>
/// <param name="Symbols">The symbols it was fitted on.</param>
/// <param name="Garch">Of the GARCH estimate.</param>
/// <param name="Horizons">By horizon in days.</param>
/// <param name="Percentiles">[101], ascending: the volatility over 30 days that 0, 1, ... 100 % of all symbols' days had.</param>
public sealed record VolatilityModel(
    string Version, DateOnly FittedThrough, IReadOnlyList<string> Symbols, Garch Garch, IReadOnlyDictionary<int, HorizonModel> Horizons,
    IReadOnlyList<double> Percentiles)
{
    /// <summary>The bars that a forecast uses: the newest so many, or all where there are fewer.</summary>
    public const int Bars = 420;

    /// <summary>With fewer bars before its day, only the mean squared return of all of them is used.</summary>
    public const int WarmUp = 120;

    /// <summary>The bars that the forecasts of each day of a year use.</summary>
    public const int BarsOfYear = WarmUp + Year + 1;

    /// <summary>The horizon of <see cref="Percentiles"/>, in days.</summary>
    public const int PercentileDays = 30;

    internal const int FewestReturns = 20;
    internal const int Year = 365;

    private static readonly Lazy<VolatilityModel> Shipped = new(() =>
    {
        using var stream = typeof(VolatilityModel).Assembly.GetManifestResourceStream("volatility.json")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return VolatilityFile.Read(content, "volatility.json");
    });

    // With the model it is of: a copy made by `with` has this field too.
    private Tuple<VolatilityModel, string>? _digest;

    /// <summary>The model that is used where a folder of checkpoints has none.</summary>
    public static VolatilityModel Default => Shipped.Value;

    /// <summary>SHA-256, in lower-case hex, of everything that changes a forecast.</summary>
    public string Digest
    {
        get
        {
            if (_digest is not (var model, var digest) || !ReferenceEquals(model, this))
            {
                digest = VolatilityFile.DigestOf(this);
                _digest = Tuple.Create(this, digest);
            }

            return digest;
        }
    }

    /// <summary>How many percent of all symbols' days had a lower volatility over 30 days; 0..100.</summary>
    public double PercentileOf(double volatility)
    {
        var below = 0;
        while (below < Percentiles.Count && Percentiles[below] < volatility)
        {
            below++;
        }

        return below == 0 ? 0
            : below == Percentiles.Count ? 100
            : below - 1 + ((volatility - Percentiles[below - 1]) / (Percentiles[below] - Percentiles[below - 1]));
    }
}

/// <summary>The part of one horizon.</summary>
/// <param name="Har">Of the variance over the horizon.</param>
/// <param name="Moves">How moves over the horizon are distributed, in units of the volatility that was forecast.</param>
public sealed record HorizonModel(Har Har, MoveDistribution Moves);

/// <summary>
/// How the absolute log moves over a horizon are distributed, in units of the volatility that was forecast for it. Both sides are taken as alike: with
/// quantiles of their own for rises and falls, ranges were worse.
/// </summary>
/// <param name="Half">Half of the moves are smaller.</param>
/// <param name="Eighty">80 % are smaller.</param>
/// <param name="Ninety">90 % are smaller.</param>
/// <param name="Tail">The mean of the largest tenth.</param>
/// <param name="Drawdown">The mean of the largest fall from a peak within the horizon, ln(peak / close).</param>
public sealed record MoveDistribution(double Half, double Eighty, double Ninety, double Tail, double Drawdown);
