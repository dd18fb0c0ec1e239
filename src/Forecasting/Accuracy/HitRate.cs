namespace Coinsphere.Messaging.Forecasting.Accuracy;

/// <summary>How often forecasts of some days in a row were right, and what to compare that with.</summary>
/// <param name="Rate">The share of days whose predicted class was the actual one; 0..1.</param>
/// <param name="BaseRate">
/// The share of days on which the most frequent class was the actual one; 0..1. It is the most frequent of the outcomes that were known on the
/// forecast's day. Null where no outcome was known on one of the days.
/// </param>
/// <param name="Independent">The number of days over the horizon: horizons of forecasts of neighbouring days overlap, so that they count for fewer.</param>
public sealed record HitRate(double Rate, double? BaseRate, double Independent);
