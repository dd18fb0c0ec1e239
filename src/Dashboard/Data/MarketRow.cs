using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Dashboard.Data;

/// <summary>What is known of a symbol.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Prediction">The newest prediction; null where there is none.</param>
/// <param name="Risk">The newest risk score; null where there is none.</param>
/// <param name="Closes">The closes of the last days, ascending.</param>
/// <param name="Refusal">Why there is no prediction, or no risk score.</param>
internal sealed record MarketRow(
    string Symbol, PredictionAnswer? Prediction, RiskAnswer? Risk, IReadOnlyList<double> Closes, RequestRefused? Refusal = null)
{
    public double? Price => Prediction?.Prediction.CurrentPrice ?? (Closes.Count > 0 ? Closes[^1] : null);

    /// <summary>The change of the last day, a fraction.</summary>
    public double? Change => Closes.Count > 1 ? (Closes[^1] / Closes[^2]) - 1 : null;

    public DateOnly? NewestBar => Prediction?.DataAsOf ?? Risk?.DataAsOf;

    public bool IsSynthetic => (Prediction?.DataSource ?? Risk?.DataSource) == "synthetic";

    /// <summary>The width of the range over the price, a fraction.</summary>
    public double? Width => Prediction?.Prediction is { Interval: { } interval } prediction ? (interval.High - interval.Low) / prediction.CurrentPrice : null;

    /// <summary>The hit rate of the last 90 days above the base rate's, a fraction.</summary>
    public double? Skill => Prediction?.HistoricalAccuracy is { Last90Days: { } hits, BaseRate90Days: { } standard } ? hits - standard : null;

    /// <summary>How many closed days after the newest bar have no bar.</summary>
    public int? AgeDays(DateTimeOffset now) => NewestBar is { } day ? DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1).DayNumber - day.DayNumber : null;
}
