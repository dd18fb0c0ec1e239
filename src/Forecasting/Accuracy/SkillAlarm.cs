namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>
/// Whether a model is worse than the base rate by more than chance and the times explain: over one horizon the lower bound of its excess in Brier score is
/// above 0, and over all its forecasts the mean excess is above <see cref="Margin"/>.
/// </summary>
/// <remarks>
/// The bound alone would raise false alarms: a check every day over years is thousands of tests, and in a market unlike the years before, a sound model stays a
/// little worse than the base rate for months. The margin alone would take a few days of forecasts over 30 days, which share nearly all of their outcome, for
/// many. Level and margin were chosen on the forecasts of six years; <c>docs/retraining.md</c> has the rates.
/// </remarks>
public static class SkillAlarm
{
    /// <summary>The mean excess in Brier score that a sound model may have for a time; one whose probabilities are shuffled has 0.15.</summary>
    public const double Margin = 0.05;

    /// <summary>The level of the bounds.</summary>
    public const double Level = 0.8;

    /// <summary>Whether there is evidence against the model.</summary>
    /// <param name="excess">The excess of its Brier score over the base rate's, by day and horizon.</param>
    public static bool IsRaised(PairedGains excess) =>
        excess.Mean > Margin && excess.ByHorizon(Level).Values.Any(bounds => bounds.Lower > 0);
}
