using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Risk;

/// <summary>How much a symbol may lose, by the same forecast as the ranges of predictions. Losses are positive fractions of the price.</summary>
/// <param name="Volatility7">The standard deviation of the log return over 7 days.</param>
/// <param name="Volatility30">The same over 30 days.</param>
/// <param name="ValueAtRisk">The loss over 7 days that 95 % of outcomes do not exceed; see <see cref="Loss.ValueAtRisk"/>.</param>
/// <param name="ExpectedShortfall">The loss over 7 days in the worst 5 % of outcomes; see <see cref="Loss.ExpectedShortfall"/>.</param>
/// <param name="ExpectedDrawdown">The largest fall of closes from a peak within 30 days that is to be expected; see <see cref="Loss.Drawdown"/>.</param>
/// <param name="PercentileOfYear">How many percent of the last year's days had a lower volatility over 30 days; null where the year is not there.</param>
/// <param name="PercentileOfAll">How many percent of all symbols' days had one, 0..100.</param>
/// <param name="MeanOfDays">The number of returns whose plain mean it is, because the history is too short for more; null where it is not.</param>
public sealed record RiskOutlook(
    double Volatility7, double Volatility30, double ValueAtRisk, double ExpectedShortfall, double ExpectedDrawdown, double? PercentileOfYear,
    double PercentileOfAll, int? MeanOfDays)
{
    /// <summary>The horizon of losses, in days.</summary>
    public const int LossDays = 7;

    /// <summary>The horizon of the drawdown, in days.</summary>
    public const int DrawdownDays = 30;

    /// <summary>The outlook after the last bar; null where there are fewer than 20 returns, or the price has not moved.</summary>
    /// <param name="model">How far prices move.</param>
    /// <param name="series">Ascending, at least one bar. The newest <see cref="VolatilityModel.BarsOfYear"/> are used.</param>
    public static RiskOutlook? Of(VolatilityModel model, BarSeries series)
    {
        var symbol = new SymbolVolatility(model, series);
        return symbol.Over(LossDays) is { } week && symbol.VolatilityOver(DrawdownDays) is { } month
            ? new(
                week.Volatility, month, Loss.ValueAtRisk(week), Loss.ExpectedShortfall(week), Loss.Drawdown(model.Horizons[DrawdownDays].Moves, month),
                SymbolVolatility.PercentileOfYear(model, series), model.PercentileOf(month), week.MeanOfDays)
            : null;
    }
}
