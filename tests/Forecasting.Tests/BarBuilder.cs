using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Forecasting.Tests;

/// <summary>Small series for tests, one bar a day from 2024-01-01.</summary>
internal static class BarBuilder
{
    public static readonly DateOnly FirstDay = new(2024, 1, 1);

    /// <summary>Bars of the given closes; the other prices equal the close, volume and market cap are constant.</summary>
    public static Bar[] Bars(params double[] closes) =>
        [.. closes.Select((close, i) => new Bar(FirstDay.AddDays(i), close, close, close, close, 1000) { MarketCap = 1e6 })];

    public static BarSeries Series(params double[] closes) => new("TEST", Bars(closes));

    /// <summary>A walk that neither repeats nor stands still, the same for the same seed.</summary>
    public static Bar[] Walk(int count, int seed = 1, double start = 100)
    {
        var random = new Random(seed);
        var bars = new Bar[count];
        var close = start;
        for (var i = 0; i < count; i++)
        {
            var open = close;
            close *= Math.Exp(0.1 * (random.NextDouble() - 0.5));
            bars[i] = new Bar(FirstDay.AddDays(i), open, Math.Max(open, close) * 1.01, Math.Min(open, close) * 0.99, close, 1e6 * (0.5 + random.NextDouble()))
            {
                MarketCap = close * 1e7,
            };
        }

        return bars;
    }

    public static BarSeries WalkSeries(int count, int seed = 1, double start = 100) => new("TEST", Walk(count, seed, start));
}
