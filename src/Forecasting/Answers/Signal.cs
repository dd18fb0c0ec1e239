using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>Whether a model's direction says anything.</summary>
/// <param name="IsNone">It does not: its probability leads how often it came in the past by less than 0.02, or the model has named it for a year.</param>
/// <param name="BaseRate">How often the direction came in the past, 0..1.</param>
/// <param name="SameSince">See <see cref="Outlook.SameSince"/>.</param>
internal readonly record struct Signal(bool IsNone, double BaseRate, DateOnly? SameSince)
{
    private const double LeastLead = 0.02;

    /// <param name="outlook">What the model expects.</param>
    /// <param name="series">The bars that were read.</param>
    /// <param name="days">The horizon.</param>
    public static Signal Of(Outlook outlook, BarSeries series, int days)
    {
        var baseRate = (outlook.BaseRates ?? BaseRates.Of(series, days))[(int)outlook.Direction];
        var lead = outlook.Probabilities[(int)outlook.Direction] - baseRate;
        return new(outlook.FromFrequencies || outlook.SameSince is not null || lead < LeastLead, baseRate, outlook.SameSince);
    }
}
