using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Explanations;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>Assembles the answer of a prediction.</summary>
public static class PredictionMaker
{
    /// <summary>The answer for a model's output; see the other overload.</summary>
    /// <param name="symbol">The symbol's name in the explanation.</param>
    /// <param name="timeframeDays">7, 14 or 30.</param>
    /// <param name="probabilities">[3]: bearish, neutral, bullish.</param>
    /// <param name="series">The bars the features were computed from.</param>
    /// <param name="features">Their features; the last row is the last bar's.</param>
    public static Forecast Make(string symbol, int timeframeDays, ReadOnlySpan<float> probabilities, BarSeries series, FeatureTable features) =>
        Make(symbol, timeframeDays, Outlook.Of(probabilities), series, features);

    /// <summary>
    /// The answer for an outlook. Everything is computed from unrounded values and rounded last: target = current x (1 +- sigma x days / 30 x
    /// confidence), + for bullish, - for bearish, and current for neutral.
    /// </summary>
    /// <param name="symbol">The symbol's name in the explanation.</param>
    /// <param name="timeframeDays">7, 14 or 30.</param>
    /// <param name="outlook">The expected direction.</param>
    /// <param name="series">The bars the features were computed from.</param>
    /// <param name="features">Their features; the last row is the last bar's.</param>
    /// <param name="volatility">How far prices move; null for <see cref="VolatilityModel.Default"/>.</param>
    /// <param name="contributions">The features' contributions, for the explanation; null where they were not requested.</param>
    /// <param name="dataWarnings">Warnings about the bars, as sentences without a full stop.</param>
    /// <param name="members">The models that were combined and what each predicts, for the explanation; none where it is no ensemble.</param>
    /// <exception cref="ArgumentException">The features do not end at the last bar.</exception>
    public static Forecast Make(
        string symbol, int timeframeDays, Outlook outlook, BarSeries series, FeatureTable features, VolatilityModel? volatility = null,
        Contributions? contributions = null, IReadOnlyList<string>? dataWarnings = null, IReadOnlyList<(string Name, Direction Direction)>? members = null)
    {
        if (!features.EndsAtLastBar)
        {
            throw new ArgumentException(
                $"Expected features up to the last of {series.Bars.Length} bars, got {features.Rows} rows that end before.", nameof(features));
        }

        var row = features.LastRow();
        var indicators = IndicatorValues.Of(row);
        var current = series.Bars.Span[^1].Close;
        var target = Target(current, DailyVolatility.Of(series), timeframeDays, outlook);
        var moves = new SymbolVolatility(volatility ?? VolatilityModel.Default, series).Over(timeframeDays);
        var quantiles = moves is null ? null : PriceQuantiles.Of(current, moves);
        List<string> warnings = [.. dataWarnings ?? []];
        if (outlook.FromFrequencies)
        {
            warnings.Add("The model has shown no skill over this horizon: the confidence is how often the direction came before");
        }

        if (moves?.MeanOfDays is { } known)
        {
            warnings.Add(FormattableString.Invariant(
                $"The range comes from the mean of {known} daily moves: with {VolatilityModel.WarmUp} it follows the market"));
        }

        if (moves is not null && quantiles is null)
        {
            warnings.Add(
                FormattableString.Invariant($"There is no interval: past moves make one whose high is over {PriceQuantiles.WidestRange} times its low"));
        }

        return new Forecast(
            outlook.Direction,
            outlook.Confidence,
            Rounding.Decimals(outlook.ConfidenceScore, 3),
            [.. outlook.Probabilities.Select(p => Rounding.Decimals(p, 6))],
            Rounding.Price(current),
            Rounding.Price(target),
            new PriceBand(Rounding.Price(target * 0.95), Rounding.Price(target * 1.05)),
            moves is null ? null : Rounding.Decimals(moves.Volatility, 6),
            quantiles is null ? null : [.. quantiles.Select(Rounding.Price)],
            Rounding.Decimals(((target / current) - 1) * 100, 2),
            indicators,
            Explanation.Of(
                symbol, outlook, Signal.Of(outlook, series, timeframeDays), Likely.Of(timeframeDays, moves, quantiles), row[FeatureColumn.Rsi],
                indicators.VolumeTrend, contributions, members ?? [], warnings),
            warnings);
    }

    // With moves of more than 100 % a day the formula falls below 0; a price cannot.
    private static double Target(double current, double sigma, int days, Outlook outlook)
    {
        var move = sigma * days / 30 * outlook.ConfidenceScore;
        return outlook.Direction switch
        {
            Direction.Bullish => current * (1 + move),
            Direction.Bearish => Math.Max(0, current * (1 - move)),
            _ => current,
        };
    }
}
