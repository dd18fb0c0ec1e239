using Coinsphere.Messaging.Forecasting.Features;

namespace Coinsphere.Messaging.Forecasting.Answers;

/// <summary>The newest bar's indicators, as in answers.</summary>
/// <param name="Rsi">0..100, 2 decimals.</param>
/// <param name="Macd">Bullish where the MACD is above its signal, else bearish.</param>
/// <param name="VolumeTrend">The sign of the last change of volume.</param>
/// <param name="SocialSentiment">0..1, a hundredth of the social score, 6 decimals.</param>
public sealed record IndicatorValues(double Rsi, MacdTrend Macd, VolumeTrend VolumeTrend, double SocialSentiment)
{
    /// <summary>The indicators of one feature row.</summary>
    /// <param name="row">[20], see <see cref="FeatureColumn"/>.</param>
    public static IndicatorValues Of(ReadOnlySpan<double> row) => new(
        Rounding.Decimals(row[FeatureColumn.Rsi], 2),
        row[FeatureColumn.Macd] > row[FeatureColumn.MacdSignal] ? MacdTrend.Bullish : MacdTrend.Bearish,
        (VolumeTrend)Math.Sign(row[FeatureColumn.VolumeChange]),
        Rounding.Decimals(row[FeatureColumn.SocialScore] / 100, 6));
}

/// <summary>The position of the MACD relative to its signal.</summary>
public enum MacdTrend
{
    /// <summary>At or below its signal.</summary>
    Bearish,

    /// <summary>Above its signal.</summary>
    Bullish,
}

/// <summary>The change of the volume on the last day; the values are its sign.</summary>
public enum VolumeTrend
{
    /// <summary>Less than the day before.</summary>
    Decreasing = -1,

    /// <summary>The same as the day before, or no volume the day before.</summary>
    Stable = 0,

    /// <summary>More than the day before.</summary>
    Increasing = 1,
}
