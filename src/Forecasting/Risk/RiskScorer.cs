using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Risk;

/// <summary>Scores a symbol's risk from its daily bars; needs no model.</summary>
public static class RiskScorer
{
    /// <summary>The number of bars used.</summary>
    public const int Days = 90;

    /// <summary>The fewest bars.</summary>
    public const int DaysNeeded = 30;

    private const int SwingDays = 7;

    /// <summary>The risk by the last 90 bars, or by all where there are at least 30; null where there are fewer.</summary>
    /// <param name="series">Bars, valid by <see cref="BarRules"/>, ascending.</param>
    public static RiskAssessment? Score(BarSeries series)
    {
        if (series.Bars.Length < DaysNeeded)
        {
            return null;
        }

        var bars = series.Bars.Span[^Math.Min(Days, series.Bars.Length)..];
        Span<double> closes = stackalloc double[DaysNeeded];
        for (var i = 0; i < closes.Length; i++)
        {
            closes[i] = bars[bars.Length - DaysNeeded + i].Close;
        }

        var mean = Moments.Mean(closes);
        var volatility = FactorScore.Of(Moments.PopulationDeviation(closes, mean) / mean, 200);
        var swings = FactorScore.Of(Swing(closes[^SwingDays..]), 150);
        var volume = FactorScore.Of(VolumeVolatility(bars), 100);
        var trend = FactorScore.Of(Slope(closes, mean) / mean, 500, decimals: 6);
        var score = Composite(volatility.Score, swings.Score, volume.Score, trend.Score);

        return new RiskAssessment(score, LevelOf(score), volatility, swings, volume, trend, Warnings(volatility, swings, score));
    }

    /// <summary>The weighted factor scores, truncated, 0..100. Added in doubles from left to right: the sum's last bit decides what is truncated.</summary>
    internal static int Composite(int volatility, int swings, int volume, int trend) =>
        Math.Clamp((int)((volatility * 0.4) + (swings * 0.3) + (volume * 0.2) + (trend * 0.1)), 0, 100);

    internal static RiskLevel LevelOf(int score) => score switch
    {
        < 30 => RiskLevel.Low,
        < 60 => RiskLevel.Medium,
        < 80 => RiskLevel.High,
        _ => RiskLevel.Extreme,
    };

    internal static IReadOnlyList<string> Warnings(FactorScore volatility, FactorScore swings, int score)
    {
        var warnings = new List<string>();
        if (volatility.Score > 70)
        {
            warnings.Add($"High volatility detected ({Rounding.Text(volatility.Raw * 100, 1)}% daily stddev)");
        }

        if (swings.Score > 70)
        {
            warnings.Add($"Large price swings in last 7 days ({Rounding.Text(swings.Raw * 100, 1)}%)");
        }

        if (score > 80)
        {
            warnings.Add("EXTREME RISK: This asset is highly volatile and speculative");
        }

        return warnings.Count > 0 ? warnings : ["No major risk warnings"];
    }

    private static double Swing(ReadOnlySpan<double> closes)
    {
        var (low, high) = (closes[0], closes[0]);
        foreach (var close in closes)
        {
            low = Math.Min(low, close);
            high = Math.Max(high, close);
        }

        return (high - low) / Moments.Mean(closes);
    }

    // The 1 in the divisor keeps a day without volume from dividing by 0.
    private static double VolumeVolatility(ReadOnlySpan<Bar> bars)
    {
        Span<double> changes = stackalloc double[bars.Length - 1];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = (bars[i + 1].Volume - bars[i].Volume) / (bars[i].Volume + 1);
        }

        return Moments.PopulationDeviation(changes, Moments.Mean(changes));
    }

    /// <summary>Least-squares slope per step.</summary>
    private static double Slope(ReadOnlySpan<double> values, double mean)
    {
        var middle = (values.Length - 1) / 2.0;
        double products = 0, squares = 0;
        for (var i = 0; i < values.Length; i++)
        {
            products += (i - middle) * (values[i] - mean);
            squares += (i - middle) * (i - middle);
        }

        return products / squares;
    }
}
