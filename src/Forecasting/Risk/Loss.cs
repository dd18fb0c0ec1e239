using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Risk;

/// <summary>
/// Losses as positive fractions of today's value, from a forecast of log moves: a log move of -x is a loss of 1 - exp(-x), which is never more than
/// everything.
/// </summary>
public static class Loss
{
    /// <summary>
    /// Value at risk, 95 %: 1 - exp(q), where q is the log return that is not exceeded with a probability of 5 %. The first quantile of a prediction over
    /// the same days is the price after this loss.
    /// </summary>
    public static double ValueAtRisk(VolatilityForecast forecast) => Of(-forecast.Quantile(0.05));

    /// <summary>
    /// Expected shortfall, 95 %: 1 - exp(-tail x scale x volatility), where the tail is the mean of the largest tenth of absolute moves in units of the
    /// volatility. Both sides are taken as alike, so it is the mean move of the worst 5 % too (Acerbi and Tasche, 2002, Expected Shortfall). A loss is
    /// a concave function of the move, so the loss of the mean move is at least the mean loss.
    /// </summary>
    public static double ExpectedShortfall(VolatilityForecast forecast) => Of(forecast.Moves.Tail * forecast.Scale * forecast.Volatility);

    /// <summary>
    /// The largest fall of closes from a peak within the horizon that is to be expected: 1 - exp(-drawdown x volatility), where the drawdown is the mean
    /// of the largest log falls in units of the volatility.
    /// </summary>
    /// <param name="moves">How moves over the horizon are distributed.</param>
    /// <param name="volatility">The volatility over the horizon.</param>
    public static double Drawdown(MoveDistribution moves, double volatility) => Of(moves.Drawdown * volatility);

    private static double Of(double logFall) => 1 - Math.Exp(-logFall);
}
