namespace Coinsphere.Messaging.AspNetPeer;

/// <summary>The 20 features of a bar.</summary>
internal static class Features
{
    public const int Count = 20;
    public const int Steps = 90;

    /// <summary>How many bars there must be before the first whose features are computed.</summary>
    public const int WarmUp = 24;

    public const int Rsi = 5;
    public const int Macd = 6;
    public const int MacdSignal = 7;
    public const int VolumeChange = 14;

    private const double Neutral = 50;

    /// <summary>[90][20], of the newest bars.</summary>
    public static double[][] Of(Bar[] bars)
    {
        double[] close = [.. bars.Select(bar => bar.Close)], volume = [.. bars.Select(bar => bar.Volume)];
        double[] ema12 = Ema(close, 12), ema26 = Ema(close, 26), ema20 = Ema(close, 20), ema50 = Ema(close, 50);
        double[] macd = [.. ema12.Zip(ema26, (fast, slow) => fast - slow)];
        var signal = Ema(macd, 9);
        var rows = new double[Steps][];
        for (var row = 0; row < Steps; row++)
        {
            var i = bars.Length - Steps + row;
            var bar = bars[i];
            var band = close.AsSpan(i - 19, 20);
            var (middle, deviation) = (Mean(band), Deviation(band, sample: true));
            rows[row] =
            [
                bar.Close, Change(close[i - 1], bar.Close), Change(close[i - WarmUp], bar.Close), (bar.High - bar.Low) / bar.Close,
                Math.Log(bar.Close / close[i - 1]), Strength(close.AsSpan(i - 14, 15)), macd[i], signal[i],
                middle + (2 * deviation), middle - (2 * deviation), ema20[i], ema50[i],
                Mean(volume.AsSpan(i - 19, 20)), bar.Volume, Change(volume[i - 1], bar.Volume),
                bar.MarketCap, Change(bars[i - 1].MarketCap, bar.MarketCap), Neutral, Neutral, Neutral,
            ];
        }

        return rows;
    }

    /// <summary>[90 x 20]: each feature less its mean, by its deviation.</summary>
    public static float[] Standardise(double[][] rows)
    {
        var window = new float[Steps * Count];
        var values = new double[Steps];
        for (var feature = 0; feature < Count; feature++)
        {
            for (var step = 0; step < Steps; step++)
            {
                values[step] = rows[step][feature];
            }

            var (mean, scale) = (Mean(values), Deviation(values, sample: false) + 1e-8);
            for (var step = 0; step < Steps; step++)
            {
                window[(step * Count) + feature] = (float)((values[step] - mean) / scale);
            }
        }

        return window;
    }

    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    public static double Deviation(ReadOnlySpan<double> values, bool sample)
    {
        double mean = Mean(values), squares = 0;
        foreach (var value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / (sample ? values.Length - 1 : values.Length));
    }

    private static double[] Ema(double[] values, int span)
    {
        var alpha = 2.0 / (span + 1);
        var means = new double[values.Length];
        means[0] = values[0];
        for (var i = 1; i < values.Length; i++)
        {
            means[i] = (alpha * values[i]) + ((1 - alpha) * means[i - 1]);
        }

        return means;
    }

    private static double Strength(ReadOnlySpan<double> closes)
    {
        double gains = 0, losses = 0;
        for (var i = 1; i < closes.Length; i++)
        {
            var change = closes[i] - closes[i - 1];
            gains += Math.Max(change, 0);
            losses += Math.Max(-change, 0);
        }

        return losses > 0 ? 100 - (100 / (1 + (gains / losses))) : gains > 0 ? 100 : 50;
    }

    private static double Change(double from, double to) => from == 0 ? 0 : ((to / from) - 1) * 100;
}
