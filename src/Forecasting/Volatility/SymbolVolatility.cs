using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>How far the price of one symbol is expected to move after its last bar.</summary>
public sealed class SymbolVolatility
{
    private readonly VolatilityModel _model;
    private readonly ReadOnlyMemory<Bar> _bars;
    private readonly DailyVariances _variances;
    private readonly double[] _next;

    /// <param name="model">The model.</param>
    /// <param name="series">Ascending, at least one bar. The newest <see cref="VolatilityModel.Bars"/> are used.</param>
    public SymbolVolatility(VolatilityModel model, BarSeries series)
        : this(model, series, VolatilityModel.Bars)
    {
    }

    private SymbolVolatility(VolatilityModel model, BarSeries series, int bars)
    {
        _model = model;
        _bars = series.Bars[^Math.Min(bars, series.Bars.Length)..];
        _variances = new DailyVariances(_bars.Span);
        _next = DailyForecasts.NextVariances(model.Garch, _variances);
    }

    /// <summary>The forecast over a horizon; null where there are fewer than 20 returns, or the price has not moved.</summary>
    /// <param name="days">7, 14 or 30.</param>
    public VolatilityForecast? Over(int days)
    {
        var forecasts = new DailyForecasts(_model, _variances, _next, days);
        var last = _bars.Length - 1;
        if (forecasts.LogVariance(last) is not { } logVariance)
        {
            return null;
        }

        var moves = _model.Horizons[days].Moves;
        var (scale, usual) = forecasts.LookBack(_bars.Span, moves.Ninety);
        return new VolatilityForecast(days, Math.Exp(logVariance / 2), scale, moves)
        {
            Usual = usual,
            MeanOfDays = last < VolatilityModel.WarmUp ? last : null,
        };
    }

    /// <summary>
    /// <see cref="VolatilityForecast.Volatility"/> over a horizon alone, which takes a fraction of the time of <see cref="Over"/>; null where that is null.
    /// </summary>
    /// <param name="days">7, 14 or 30.</param>
    public double? VolatilityOver(int days) =>
        new DailyForecasts(_model, _variances, _next, days).LogVariance(_bars.Length - 1) is { } logVariance ? Math.Exp(logVariance / 2) : null;

    /// <summary>
    /// How many percent of the days of the last year had a lower volatility over 30 days than the last bar; 0..100. Null where the year is not there.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="series">Ascending. The newest <see cref="VolatilityModel.BarsOfYear"/> are used.</param>
    public static double? PercentileOfYear(VolatilityModel model, BarSeries series)
    {
        if (series.Bars.Length < VolatilityModel.BarsOfYear)
        {
            return null;
        }

        var year = new SymbolVolatility(model, series, VolatilityModel.BarsOfYear);
        var forecasts = new DailyForecasts(model, year._variances, year._next, VolatilityModel.PercentileDays);
        var last = year._bars.Length - 1;
        var (lower, count) = (0, 0);
        var today = forecasts.LogVariance(last);
        for (var day = last - VolatilityModel.Year; day < last; day++)
        {
            if (forecasts.LogVariance(day) is { } logVariance)
            {
                lower += logVariance < today ? 1 : 0;
                count++;
            }
        }

        return today is null || count == 0 ? null : 100.0 * lower / count;
    }
}
