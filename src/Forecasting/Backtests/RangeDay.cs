using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Backtests;

/// <summary>What would have been said on a day about how far the price moves, from the bars up to that day, and what happened.</summary>
/// <param name="Day">The day.</param>
/// <param name="Close">Its close.</param>
/// <param name="Later">The close at the horizon.</param>
/// <param name="RealisedVariance">The sum of the squared daily log returns of the closes in between.</param>
/// <param name="Forecast">The forecast of that day.</param>
/// <param name="Prices">Its quantiles, [7], see <see cref="PriceQuantiles"/>; null where they would be too wide.</param>
/// <param name="EwmaVariance">The variance over the horizon by <see cref="Ewma"/>.</param>
public sealed record RangeDay(
    DateOnly Day, double Close, double Later, double RealisedVariance, VolatilityForecast Forecast, double[]? Prices, double EwmaVariance)
{
    /// <summary>Half the width of a normal range that contains 90 %, in deviations.</summary>
    public const double NormalNinety = 1.6448536269514722;

    /// <summary>Whether the close at the horizon is inside the 90 % range, ends included; null where there is no range.</summary>
    public bool? IsInside => Prices is { } prices ? Later >= prices[0] && Later <= prices[^1] : null;

    /// <summary>The variance over the horizon that was forecast.</summary>
    public double Variance => Forecast.Volatility * Forecast.Volatility;

    /// <summary>The range of the same level that is written in one line: EWMA volatility times 1.645 times the root of the horizon, in USD.</summary>
    public (double Low, double High) EwmaRange
    {
        get
        {
            var move = NormalNinety * Math.Sqrt(EwmaVariance);
            return (Close * Math.Exp(-move), Close * Math.Exp(move));
        }
    }

    /// <summary>The days of a history, without those whose horizon is not closed, has a gap, or for which there is no forecast.</summary>
    /// <param name="model">What is tried.</param>
    /// <param name="series">All bars there are, ascending; a day's forecast sees those up to it.</param>
    /// <param name="horizon">7, 14 or 30 days.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    public static IEnumerable<RangeDay> Of(VolatilityModel model, BarSeries series, int horizon, DateOnly from, DateOnly to)
    {
        var ewma = Ewma.Variances(series);
        for (var i = 0; i + horizon < series.Bars.Length; i++)
        {
            var bar = series.Bars.Span[i];
            var later = series.Bars.Span[i + horizon];
            if (bar.Day < from || bar.Day > to || later.Day != bar.Day.AddDays(horizon) || ewma[i] <= 0)
            {
                continue;
            }

            var known = series with { Bars = series.Bars[Math.Max(0, i + 1 - VolatilityModel.Bars)..(i + 1)] };
            if (new SymbolVolatility(model, known).Over(horizon) is { } forecast)
            {
                yield return new(
                    bar.Day, bar.Close, later.Close, Realised.Variance(series.Bars.Span.Slice(i, horizon + 1)), forecast,
                    PriceQuantiles.Of(bar.Close, forecast), horizon * ewma[i]);
            }
        }
    }
}
