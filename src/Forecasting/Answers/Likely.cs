using System.Globalization;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>What can be said where no direction can: how far the price moves.</summary>
internal static class Likely
{
    // By less than a quarter, nobody notices.
    private const double AsUsual = 1.25;

    /// <summary>A sentence with a space after it; empty where nothing is known.</summary>
    /// <param name="days">The horizon.</param>
    /// <param name="forecast">How far the price is expected to move.</param>
    /// <param name="quantiles">[7], see <see cref="PriceQuantiles"/>; null where they say nothing.</param>
    public static string Of(int days, VolatilityForecast? forecast, IReadOnlyList<double>? quantiles)
    {
        if (forecast is null || quantiles is null)
        {
            return "";
        }

        var usual = forecast.Usual is { } known ? $", {Compared(forecast.Volatility / known)} ({Percent(known)})" : "";
        return $"In {days} days the price is nine times out of ten between {Price(quantiles[0])} and {Price(quantiles[^1])}: "
            + $"its volatility over that time is {Percent(forecast.Volatility)}{usual}. ";
    }

    private static string Compared(double ratio) => ratio > AsUsual ? "more than usual" : ratio < 1 / AsUsual ? "less than usual" : "about as usual";

    private static string Percent(double fraction) => Rounding.Text(fraction * 100, 1) + "%";

    private static string Price(double price) => Rounding.Price(price).ToString("0.######################", CultureInfo.InvariantCulture);
}
