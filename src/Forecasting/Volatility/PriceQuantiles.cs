namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>The distribution of a price at a horizon. The median is today's price: where it will go cannot be told, only how far.</summary>
public static class PriceQuantiles
{
    /// <summary>The probabilities of <see cref="Of"/>, ascending.</summary>
    public static IReadOnlyList<double> Levels { get; } = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

    /// <summary>The share of closes between the first and the last quantile.</summary>
    public const double Coverage = 0.9;

    /// <summary>The largest ratio of the last quantile to the first. A wider range is of no use.</summary>
    public const double WidestRange = 100;

    /// <summary>The prices that the close is below with each of <see cref="Levels"/>, [7], in USD; null where the range would be too wide.</summary>
    /// <param name="close">Today's close.</param>
    /// <param name="forecast">How far it is expected to move.</param>
    public static double[]? Of(double close, VolatilityForecast forecast)
    {
        double[] prices = [.. Levels.Select(level => close * Math.Exp(forecast.Quantile(level)))];
        return prices[0] > 0 && prices[^1] <= WidestRange * prices[0] ? prices : null;
    }
}
