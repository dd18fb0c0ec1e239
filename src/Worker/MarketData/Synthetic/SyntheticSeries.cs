using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// Synthetic daily bars: a random walk from a fixed first day. The bar of a symbol and day is the same in every process, on every machine and on
/// every later day, so it uses its own generator, and only sums and products.
/// </summary>
internal static class SyntheticSeries
{
    public static readonly DateOnly FirstDay = new(2021, 1, 1);

    // Orders of magnitude, not prices: a synthetic answer should look like its symbol.
    private static readonly Dictionary<string, (double Price, double Supply)> Known = new(StringComparer.Ordinal)
    {
        ["BTC"] = (40_000, 19.5e6),
        ["ETH"] = (2_500, 120e6),
        ["BNB"] = (400, 150e6),
        ["SOL"] = (100, 450e6),
        ["LTC"] = (90, 75e6),
        ["AVAX"] = (30, 400e6),
        ["ETC"] = (25, 145e6),
        ["LINK"] = (15, 600e6),
        ["ATOM"] = (10, 380e6),
        ["UNI"] = (8, 600e6),
        ["DOT"] = (7, 1.4e9),
        ["MATIC"] = (0.8, 10e9),
        ["XRP"] = (0.6, 55e9),
        ["ADA"] = (0.5, 35e9),
        ["DOGE"] = (0.1, 145e9),
    };

    /// <summary>The bars of a symbol from <see cref="FirstDay"/> to <paramref name="lastDay"/>; none where that is earlier.</summary>
    public static Bar[] Generate(string symbol, DateOnly lastDay)
    {
        var seed = Hash(symbol);
        var (start, supply) = Known.TryGetValue(symbol, out var known) ? known : Invent(seed);
        var bars = new Bar[Math.Max(0, lastDay.DayNumber - FirstDay.DayNumber + 1)];
        var price = start;
        for (var i = 0; i < bars.Length; i++)
        {
            // A generator per day: a bar depends on the days before it, not on the number of days after it.
            var random = new SplitMix64(seed + (ulong)i * 0xD1B54A32D192ED03);
            // Three percent a day, with a weak pull to the start, so that the price keeps its order of magnitude over decades.
            var change = 0.03 * random.NextNormal() + 0.01 * (start - price) / (start + price);
            var open = price;
            price = open * (1 + change);
            var high = Math.Max(open, price) * (1 + 0.02 * random.NextUniform());
            var low = Math.Min(open, price) * (1 - 0.02 * random.NextUniform());
            var marketCap = price * supply;
            var volume = marketCap * (0.02 + 0.5 * Math.Abs(change)) * (0.7 + 0.6 * random.NextUniform());
            bars[i] = new Bar(FirstDay.AddDays(i), open, high, low, price, volume) { MarketCap = marketCap };
        }

        return bars;
    }

    private static (double Price, double Supply) Invent(ulong seed)
    {
        ReadOnlySpan<double> magnitudes = [0.001, 0.01, 0.1, 1, 10, 100];
        var random = new SplitMix64(~seed);
        var price = magnitudes[(int)(random.Next() % 6)] * (1 + 9 * random.NextUniform());
        return (price, 1e9 * (0.5 + random.NextUniform()) / price);
    }

    /// <summary>The FNV-1a hash; string.GetHashCode differs between processes.</summary>
    private static ulong Hash(string text)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 0x100000001B3;
        }

        return hash;
    }

    /// <summary>Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).</summary>
    private struct SplitMix64(ulong state)
    {
        private ulong _state = state;

        public ulong Next()
        {
            var z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }

        /// <summary>0 to below 1.</summary>
        public double NextUniform() => (Next() >> 11) * (1.0 / (1L << 53));

        /// <summary>Approximately normal, within -6 to 6. A sum of twelve uniforms needs no logarithm, whose last bit differs between machines.</summary>
        public double NextNormal()
        {
            var sum = -6.0;
            for (var i = 0; i < 12; i++)
            {
                sum += NextUniform();
            }

            return sum;
        }
    }
}
