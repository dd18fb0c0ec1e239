using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Risk;

/// <summary>
/// How much a portfolio may lose. Its variance is the sum over all pairs of w_i w_j rho_ij sigma_i sigma_j (Markowitz, 1952, Portfolio Selection): the
/// correlations rho are those of <see cref="CommonDays"/>, and the volatilities sigma are the forecasts of the symbols, which are better than the
/// exponentially weighted ones that the correlations come with. So a portfolio of one symbol has that symbol's forecast. A log return of the portfolio is
/// taken as the weighted mean of those of its holdings, which is close over a week. Losses are positive fractions.
/// </summary>
/// <param name="Volatility7">The standard deviation of the return over 7 days.</param>
/// <param name="Volatility30">The same over 30 days.</param>
/// <param name="ValueAtRisk">The loss over 7 days that 95 % of outcomes do not exceed.</param>
/// <param name="ExpectedShortfall">The loss over 7 days in the worst 5 % of outcomes.</param>
/// <param name="Contributions">
/// By holding, its share of the variance over 7 days, w_i (Sigma w)_i / sigma^2; their sum is 1 (Litterman, 1996, Hot Spots and Hedges). Below 0 for a
/// holding that moves against the others.
/// </param>
/// <param name="DiversificationRatio">
/// The weighted mean of the volatilities over 7 days, over the portfolio's; 1 where all move together (Choueifaty and Coignard, 2008, Toward Maximum
/// Diversification).
/// </param>
public sealed record PortfolioOutlook(
    double Volatility7, double Volatility30, double ValueAtRisk, double ExpectedShortfall, IReadOnlyList<double> Contributions, double DiversificationRatio)
{
    /// <summary>The fewest common days: of what came before them, an exponentially weighted mean holds a sixth.</summary>
    public const int FewestDays = 60;

    // Below this share of the undiversified variance, what is left is the rounding of products that cancel out.
    private const double Nothing = 1e-12;

    /// <summary>The outlook; null where the moves of the holdings cancel out, so that there is no risk to share.</summary>
    /// <param name="weights">By holding, positive. They are divided by their sum.</param>
    /// <param name="week">By holding, its forecast over 7 days.</param>
    /// <param name="month">By holding, its volatility over 30 days.</param>
    /// <param name="correlations">[holdings, holdings].</param>
    public static PortfolioOutlook? Of(
        IReadOnlyList<double> weights, IReadOnlyList<VolatilityForecast> week, IReadOnlyList<double> month, double[,] correlations)
    {
        var sum = weights.Sum();
        double[] Parts(IEnumerable<double> volatilities) => [.. volatilities.Select((volatility, i) => weights[i] / sum * volatility)];

        // Weight times volatility, by holding.
        var parts = Parts(week.Select(forecast => forecast.Volatility));
        var shares = Shares(parts, correlations);
        var variance = shares.Sum();
        var undiversified = parts.Sum();
        if (!(variance > Nothing * undiversified * undiversified))
        {
            return null;
        }

        // Each symbol's scale keeps its own ranges honest, so losses use volatilities that are scaled.
        var scaled = Deviation(Parts(week.Select(forecast => forecast.Scale * forecast.Volatility)), correlations);
        var moves = new VolatilityForecast(week[0].Days, scaled, Scale: 1, week[0].Moves);
        return new(
            Math.Sqrt(variance),
            Deviation(Parts(month), correlations),
            Loss.ValueAtRisk(moves),
            Loss.ExpectedShortfall(moves),
            [.. shares.Select(share => share / variance)],
            undiversified / Math.Sqrt(variance));
    }

    private static double Deviation(double[] parts, double[,] correlations) => Math.Sqrt(Math.Max(0, Shares(parts, correlations).Sum()));

    // By holding, its part of the variance.
    private static double[] Shares(double[] parts, double[,] correlations)
    {
        var shares = new double[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            for (var j = 0; j < parts.Length; j++)
            {
                shares[i] += parts[i] * correlations[i, j] * parts[j];
            }
        }

        return shares;
    }
}
