namespace Coinsphere.Messaging.Forecasting.Volatility;

/// <summary>
/// GARCH(1,1) with the level of the last year as its long-run variance: v[t+1] = (1 - alpha - beta) level + alpha r[t]^2 + beta v[t] (Bollerslev, 1986,
/// Generalized Autoregressive Conditional Heteroskedasticity). One pair of numbers for all symbols, since one symbol's days say little about them.
/// </summary>
/// <param name="Alpha">The weight of the last squared return, from 0.</param>
/// <param name="Beta">The weight of the last variance, from 0; less than 1 together with <paramref name="Alpha"/>.</param>
public sealed record Garch(double Alpha, double Beta)
{
    /// <summary>The variance of the day after a day.</summary>
    /// <param name="before">The variance that had been expected for the day.</param>
    /// <param name="square">The day's squared return.</param>
    /// <param name="level">The long-run variance.</param>
    internal double Next(double before, double square, double level) => ((1 - Alpha - Beta) * level) + (Alpha * square) + (Beta * before);

    /// <summary>
    /// The factor of (next - level) in the sum of the variances of the next days: the distance from the level shrinks by alpha + beta a day.
    /// </summary>
    /// <param name="days">How many days.</param>
    internal double SumOfPersistence(int days) => (1 - Math.Pow(Alpha + Beta, days)) / (1 - Alpha - Beta);
}
