namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>All of a prediction's answer but its ids and times. Numbers are rounded as they are answered, see <see cref="Rounding"/>.</summary>
/// <param name="Direction">The direction expected.</param>
/// <param name="Confidence">The confidence in words, of the unrounded score.</param>
/// <param name="ConfidenceScore">0..1, 3 decimals.</param>
/// <param name="Probabilities">[3]: bearish, neutral, bullish; 6 decimals.</param>
/// <param name="CurrentPrice">The last bar's close.</param>
/// <param name="TargetPrice">The price expected at the end of the timeframe.</param>
/// <param name="TargetPriceRange">5 % to either side of the target.</param>
/// <param name="Interval">Where the close falls nine times of ten, see <see cref="ConformalInterval"/>; null where the series is too short to say, or so wild
/// that the range would say nothing.</param>
/// <param name="PotentialGain">Target against current price in percent, 2 decimals; a loss is negative.</param>
/// <param name="Indicators">What the newest features say.</param>
/// <param name="Explanation">The prediction in one paragraph.</param>
/// <param name="Warnings">What to know before relying on it, as sentences without their full stop; the explanation has them too.</param>
public sealed record Forecast(
    Direction Direction, Confidence Confidence, double ConfidenceScore, IReadOnlyList<double> Probabilities,
    double CurrentPrice, double TargetPrice, PriceBand TargetPriceRange, PriceBand? Interval, double PotentialGain,
    IndicatorValues Indicators, string Explanation, IReadOnlyList<string> Warnings);

/// <summary>A range of prices.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct PriceBand(double Low, double High);
