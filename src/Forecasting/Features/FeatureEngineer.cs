using System.Buffers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Numerics;

namespace Coinsphere.Messaging.Forecasting.Features;

/// <summary>
/// Computes the 20 features from daily bars as in the models' training: exponential means start at the first bar, rolling windows are plain means, a
/// percentage change from 0 is 0, and a row is used only where all its features are finite.
/// </summary>
public static class FeatureEngineer
{
    private const int RsiSpan = 14;
    private const int BandSpan = 20;
    private const int DayChangeSpan = 24;

    // The first bar with a full 20-bar window; the 14 changes of the RSI are complete before it.
    private const int WarmUp = BandSpan - 1;

    /// <summary>How many bars a window of <paramref name="steps"/> rows needs at least: 19 more, or 24 more where the 24-bar change is computed.</summary>
    public static int BarsNeeded(BarSeries series, int steps) => steps + (series.HasChange24h ? WarmUp : DayChangeSpan);

    /// <summary>
    /// The number of bars from which a window of <paramref name="steps"/> rows is computed. Many more than the minimum: at the window's start the
    /// exponential means must no longer depend on their first bar, as in training.
    /// </summary>
    public static int BarsToFetch(int steps) => Math.Max(420, steps + 330);

    /// <summary>The features of the newest bars that have all of them; too few bars give an empty table.</summary>
    /// <param name="series">Bars, valid by <see cref="BarRules"/>, ascending.</param>
    /// <param name="sentiment">A row gets what is known on its day (see <see cref="SentimentSeries.KnownOn"/>), else <see cref="Sentiment.Neutral"/>.</param>
    /// <param name="newest">How many of the newest bars to use; all where there are fewer.</param>
    public static FeatureTable Compute(BarSeries series, SentimentSeries sentiment, int newest = int.MaxValue)
    {
        var capacity = Math.Min(newest, Math.Max(0, series.Bars.Length - WarmUp));
        var values = new double[capacity * FeatureNames.Count];
        var days = new DateOnly[capacity];
        var rows = Compute(series, sentiment, values, days);
        return new FeatureTable(
            values.AsMemory(0, rows * FeatureNames.Count), days.AsMemory(0, rows), EndsAtLastBar: rows > 0 && days[rows - 1] == series.Bars.Span[^1].Day);
    }

    /// <summary>The features of the newest bars that have all of them, into the caller's memory and without allocating.</summary>
    /// <param name="series">Bars, valid by <see cref="BarRules"/>, ascending. The exponential means take all of them in.</param>
    /// <param name="sentiment">A row gets what is known on its day (see <see cref="SentimentSeries.KnownOn"/>), else <see cref="Sentiment.Neutral"/>.</param>
    /// <param name="values">Receives [rows, 20], columns as in <see cref="FeatureColumn"/>; room for [days.Length, 20].</param>
    /// <param name="days">Receives [rows], the UTC day of each row's bar; its length is the number of newest bars to use.</param>
    /// <returns>The number of rows: the used bars that have all features.</returns>
    /// <exception cref="ArgumentException">There are not 19 bars before those, or not 20 values for each.</exception>
    public static int Compute(BarSeries series, SentimentSeries sentiment, Span<double> values, Span<DateOnly> days)
    {
        var bars = series.Bars.Span;
        var first = bars.Length - days.Length;
        if (days.IsEmpty)
        {
            return 0;
        }

        if (first < WarmUp || values.Length != days.Length * FeatureNames.Count)
        {
            throw new ArgumentException(
                $"Expected room for {FeatureNames.Count} features of at most {Math.Max(0, bars.Length - WarmUp)} bars, got {values.Length} values and "
                    + $"{days.Length} days.");
        }

        var start = Math.Max(0, first - DayChangeSpan);
        var count = bars.Length - start;
        var rented = ArrayPool<double>.Shared.Rent(2 * count);
        var closes = rented.AsSpan(0, count);            // of the bars from start on
        var volumes = rented.AsSpan(count, count);
        for (var i = 0; i < count; i++)
        {
            closes[i] = bars[start + i].Close;
            volumes[i] = bars[start + i].Volume;
        }

        var (ema12, ema26, ema9, ema20, ema50) = (new Ema(12), new Ema(26), new Ema(9), new Ema(20), new Ema(50));
        var rows = 0;
        for (var i = 0; i < bars.Length; i++)
        {
            ref readonly var bar = ref bars[i];
            var macd = ema12.Next(bar.Close) - ema26.Next(bar.Close);
            var macdSignal = ema9.Next(macd);
            var mean20 = ema20.Next(bar.Close);
            var mean50 = ema50.Next(bar.Close);
            if (i < first)
            {
                continue;
            }

            var at = i - start;
            ref readonly var previous = ref bars[i - 1];
            var band = closes.Slice(at - BandSpan + 1, BandSpan);
            var middle = Moments.Mean(band);
            var halfWidth = 2 * Moments.SampleDeviation(band, middle);
            var row = values.Slice(rows * FeatureNames.Count, FeatureNames.Count);
            row[FeatureColumn.Close] = bar.Close;
            row[FeatureColumn.Change1h] = series.HasChange1h ? bar.Change1h : PercentChange(previous.Close, bar.Close);
            row[FeatureColumn.Change24h] = series.HasChange24h ? bar.Change24h
                : i >= DayChangeSpan ? PercentChange(closes[at - DayChangeSpan], bar.Close)
                : double.NaN;
            row[FeatureColumn.HlSpread] = (bar.High - bar.Low) / bar.Close;
            row[FeatureColumn.LogReturns] = Math.Log(bar.Close / previous.Close);
            row[FeatureColumn.Rsi] = Rsi(closes.Slice(at - RsiSpan, RsiSpan + 1));
            row[FeatureColumn.Macd] = macd;
            row[FeatureColumn.MacdSignal] = macdSignal;
            row[FeatureColumn.BbUpper] = middle + halfWidth;
            row[FeatureColumn.BbLower] = middle - halfWidth;
            row[FeatureColumn.Ema20] = mean20;
            row[FeatureColumn.Ema50] = mean50;
            row[FeatureColumn.VolumeMa] = Moments.Mean(volumes.Slice(at - BandSpan + 1, BandSpan));
            row[FeatureColumn.Volume] = bar.Volume;
            row[FeatureColumn.VolumeChange] = PercentChange(previous.Volume, bar.Volume);
            row[FeatureColumn.MarketCap] = bar.MarketCap;
            row[FeatureColumn.MarketCapChange] = PercentChange(previous.MarketCap, bar.MarketCap);
            var known = sentiment.KnownOn(bar.Day);
            row[FeatureColumn.SocialScore] = known?.SocialScore ?? Sentiment.Neutral;
            row[FeatureColumn.SentimentPos] = known?.Positive ?? Sentiment.Neutral;
            row[FeatureColumn.SentimentNeg] = known?.Negative ?? Sentiment.Neutral;

            // An incomplete row is not counted, and the next one overwrites it.
            if (AllFinite(row))
            {
                days[rows++] = bar.Day;
            }
        }

        ArrayPool<double>.Shared.Return(rented);
        return rows;
    }

    /// <summary>Relative strength of the changes between 15 closes, from their plain mean gain and loss: 100 without losses, 50 without changes.</summary>
    private static double Rsi(ReadOnlySpan<double> closes)
    {
        double gains = 0, losses = 0;
        for (var i = 1; i < closes.Length; i++)
        {
            var change = closes[i] - closes[i - 1];
            // without branches, which a random walk makes the CPU mispredict
            gains += double.MaxNative(change, 0);
            losses += double.MaxNative(-change, 0);
        }

        return losses > 0 ? 100 - (100 / (1 + (gains / RsiSpan / (losses / RsiSpan))))
            : gains > 0 ? 100
            : 50;
    }

    private static double PercentChange(double from, double to) => from == 0 ? 0 : ((to / from) - 1) * 100;

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
