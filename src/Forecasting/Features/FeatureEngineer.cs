using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>
/// Computes the 20 features from daily bars as the models' training did: exponential means start at the first bar, rolling windows are
/// plain means, a percentage change from 0 is 0, and a row is kept only where all its features are finite.
/// </summary>
public static class FeatureEngineer
{
    private const int RsiSpan = 14;
    private const int BandSpan = 20;
    private const int DayChangeSpan = 24;

    // The first bar with a full 20-bar window; the 14 changes of the RSI are there before.
    private const int WarmUp = BandSpan - 1;

    /// <summary>How many bars a window of <paramref name="steps"/> rows needs at least: 19 more, or 24 more where the 24-bar change is computed.</summary>
    public static int BarsNeeded(BarSeries series, int steps) => steps + (series.HasChange24h ? WarmUp : DayChangeSpan);

    /// <summary>
    /// How many bars to compute a window of <paramref name="steps"/> rows from. Far more than needed: the exponential means must have
    /// forgotten their first bar by the window's start, as they had in training.
    /// </summary>
    public static int BarsToFetch(int steps) => Math.Max(420, steps + 330);

    /// <summary>The features of every bar that has all of them; too few bars give an empty table.</summary>
    /// <param name="series">Bars, valid by <see cref="BarRules"/>, ascending.</param>
    /// <param name="sentiment">A row gets what is known on its day (see <see cref="SentimentSeries.KnownOn"/>), else <see cref="Sentiment.Neutral"/>.</param>
    public static FeatureTable Compute(BarSeries series, SentimentSeries sentiment)
    {
        var bars = series.Bars.Span;
        var (closes, volumes) = Columns(bars);
        var capacity = Math.Max(0, bars.Length - WarmUp);
        var values = new double[capacity * FeatureNames.Count]; // [rows, 20]
        var days = new DateOnly[capacity];
        var (ema12, ema26, ema9, ema20, ema50) = (new Ema(12), new Ema(26), new Ema(9), new Ema(20), new Ema(50));
        var rows = 0;
        var lastRow = -1;

        for (var i = 0; i < bars.Length; i++)
        {
            ref readonly var bar = ref bars[i];
            var macd = ema12.Next(bar.Close) - ema26.Next(bar.Close);
            var macdSignal = ema9.Next(macd);
            var mean20 = ema20.Next(bar.Close);
            var mean50 = ema50.Next(bar.Close);
            if (i < WarmUp)
            {
                continue;
            }

            ref readonly var previous = ref bars[i - 1];
            var band = closes.AsSpan(i - BandSpan + 1, BandSpan);
            var middle = Moments.Mean(band);
            var halfWidth = 2 * Moments.SampleDeviation(band, middle);
            var row = values.AsSpan(rows * FeatureNames.Count, FeatureNames.Count);
            row[FeatureColumn.Close] = bar.Close;
            row[FeatureColumn.Change1h] = series.HasChange1h ? bar.Change1h : PercentChange(previous.Close, bar.Close);
            row[FeatureColumn.Change24h] = series.HasChange24h ? bar.Change24h
                : i >= DayChangeSpan ? PercentChange(closes[i - DayChangeSpan], bar.Close)
                : double.NaN;
            row[FeatureColumn.HlSpread] = (bar.High - bar.Low) / bar.Close;
            row[FeatureColumn.LogReturns] = Math.Log(bar.Close / previous.Close);
            row[FeatureColumn.Rsi] = Rsi(closes.AsSpan(i - RsiSpan, RsiSpan + 1));
            row[FeatureColumn.Macd] = macd;
            row[FeatureColumn.MacdSignal] = macdSignal;
            row[FeatureColumn.BbUpper] = middle + halfWidth;
            row[FeatureColumn.BbLower] = middle - halfWidth;
            row[FeatureColumn.Ema20] = mean20;
            row[FeatureColumn.Ema50] = mean50;
            row[FeatureColumn.VolumeMa] = Moments.Mean(volumes.AsSpan(i - BandSpan + 1, BandSpan));
            row[FeatureColumn.Volume] = bar.Volume;
            row[FeatureColumn.VolumeChange] = PercentChange(previous.Volume, bar.Volume);
            row[FeatureColumn.MarketCap] = bar.MarketCap;
            row[FeatureColumn.MarketCapChange] = PercentChange(previous.MarketCap, bar.MarketCap);
            var known = sentiment.KnownOn(bar.Day);
            row[FeatureColumn.SocialScore] = known?.SocialScore ?? Sentiment.Neutral;
            row[FeatureColumn.SentimentPos] = known?.Positive ?? Sentiment.Neutral;
            row[FeatureColumn.SentimentNeg] = known?.Negative ?? Sentiment.Neutral;

            // A row that is not complete stays uncounted, and the next one overwrites it.
            if (AllFinite(row))
            {
                days[rows++] = bar.Day;
                lastRow = i;
            }
        }

        return new FeatureTable(
            values.AsMemory(0, rows * FeatureNames.Count), days.AsMemory(0, rows), EndsAtLastBar: rows > 0 && lastRow == bars.Length - 1);
    }

    /// <summary>Relative strength of the changes between 15 closes, from their plain mean gain and loss: 100 without losses, 50 without changes.</summary>
    private static double Rsi(ReadOnlySpan<double> closes)
    {
        double gains = 0, losses = 0;
        for (var i = 1; i < closes.Length; i++)
        {
            var change = closes[i] - closes[i - 1];
            gains += change > 0 ? change : 0;
            losses += change < 0 ? -change : 0;
        }

        return losses > 0 ? 100 - (100 / (1 + (gains / RsiSpan / (losses / RsiSpan))))
            : gains > 0 ? 100
            : 50;
    }

    private static double PercentChange(double from, double to) => from == 0 ? 0 : ((to / from) - 1) * 100;

    private static (double[] Closes, double[] Volumes) Columns(ReadOnlySpan<Bar> bars)
    {
        var closes = new double[bars.Length];
        var volumes = new double[bars.Length];
        for (var i = 0; i < bars.Length; i++)
        {
            closes[i] = bars[i].Close;
            volumes[i] = bars[i].Volume;
        }

        return (closes, volumes);
    }

    private static bool AllFinite(ReadOnlySpan<double> row)
    {
        foreach (var value in row)
        {
            if (!double.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
