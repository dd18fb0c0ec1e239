namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// Daily changes whose volatility comes in clusters: GARCH(1,1), variance = (1 - a - b) level^2 + a change^2 + b variance, where change and variance
/// are of the day before. Source: Bollerslev: Generalized autoregressive conditional heteroskedasticity (1986). Square roots are rounded
/// alike on every machine.
/// </summary>
internal struct ClusteredNoise(double level)
{
    private const double OfChange = 0.1;
    private const double OfVariance = 0.85;

    // Rare days with a change that a normal distribution does not know.
    private const double LargeDays = 0.015;
    private const double Large = 2.5;

    private double _variance = level * level;
    private double _change;

    /// <summary>The standard deviation of the day that was drawn last.</summary>
    public readonly double Volatility => Math.Sqrt(_variance);

    /// <summary>Draws the change of the next day, as a fraction, with mean zero.</summary>
    /// <param name="level">The volatility to which it returns.</param>
    /// <param name="random">The day's generator.</param>
    public double Next(double level, ref SplitMix64 random)
    {
        _variance = (1 - OfChange - OfVariance) * level * level + OfChange * _change * _change + OfVariance * _variance;
        var normal = random.NextNormal();
        _change = Volatility * normal * (random.NextUniform() < LargeDays ? Large : 1);
        return _change;
    }
}
