using Coinsphere.Messaging.Forecasting.Volatility;


namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>The parts of a prediction's answer except its ids and times. Numbers are rounded as in answers, see <see cref="Rounding"/>.</summary>
/// <param name="Direction">The expected direction.</param>
/// <param name="Confidence">The confidence in words, of the unrounded score.</param>
/// <param name="ConfidenceScore">0..1, 3 decimals.</param>
/// <param name="Probabilities">[3]: bearish, neutral, bullish; 6 decimals.</param>
/// <param name="CurrentPrice">The last bar's close.</param>
/// <param name="TargetPrice">The expected price at the end of the timeframe.</param>
/// <param name="TargetPriceRange">5 % to either side of the target.</param>
/// <param name="ExpectedVolatility">The expected standard deviation of the log return over the timeframe, a fraction, 6 decimals; null where the series is
/// too short, or the price never moved.</param>
/// <param name="Quantiles">[7]: the close is below each with the probability of <see cref="PriceQuantiles.Levels"/>; null where there is no expected
/// volatility, or the range is too wide to be useful.</param>
/// <param name="PotentialGain">Target against current price in percent, 2 decimals; a loss is negative.</param>
/// <param name="Indicators">The indicators of the newest features.</param>
/// <param name="Explanation">The prediction in one paragraph.</param>
/// <param name="Warnings">Warnings for users of the answer, as sentences without a full stop; the explanation contains them too.</param>
public sealed record Forecast(
    Direction Direction, Confidence Confidence, double ConfidenceScore, IReadOnlyList<double> Probabilities,
    double CurrentPrice, double TargetPrice, PriceBand TargetPriceRange, double? ExpectedVolatility, IReadOnlyList<double>? Quantiles, double PotentialGain,
    IndicatorValues Indicators, string Explanation, IReadOnlyList<string> Warnings)
{
    /// <summary>The range that contains the close nine times out of ten: the first and the last of <see cref="Quantiles"/>.</summary>
    public PriceBand? Interval => Quantiles is { } prices ? new(prices[0], prices[^1]) : null;
}

/// <summary>A range of prices.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct PriceBand(double Low, double High);
