namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>How far a price is expected to move over a horizon.</summary>
/// <param name="Days">The horizon.</param>
/// <param name="Volatility">The standard deviation of the log return over the horizon, a fraction.</param>
/// <param name="Scale">The factor that keeps the symbol's ranges honest, around 1.</param>
/// <param name="Moves">The distribution of moves in units of <paramref name="Volatility"/>.</param>
public sealed record VolatilityForecast(int Days, double Volatility, double Scale, MoveDistribution Moves)
{
    /// <summary>The number of returns whose plain mean it is, because the history is too short for more; null where it is not.</summary>
    public int? MeanOfDays { get; init; }

    /// <summary>The geometric mean of what was forecast on the days of the last year, as far as they are there; null where none is.</summary>
    public double? Usual { get; init; }

    /// <summary>The log return that is not exceeded with a probability of 5, 10, 25, 50, 75, 90 or 95 %.</summary>
    /// <param name="level">0.05, 0.1, 0.25, 0.5, 0.75, 0.9 or 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is another level.</exception>
    public double Quantile(double level) => level switch
    {
        0.05 => -Scaled(Moves.Ninety),
        0.1 => -Scaled(Moves.Eighty),
        0.25 => -Scaled(Moves.Half),
        0.5 => 0,
        0.75 => Scaled(Moves.Half),
        0.9 => Scaled(Moves.Eighty),
        0.95 => Scaled(Moves.Ninety),
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, $"Expected one of {string.Join(", ", PriceQuantiles.Levels)}"),
    };

    private double Scaled(double moves) => moves * Scale * Volatility;
}
