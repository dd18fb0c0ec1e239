using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Synthetic;

/// <summary>
/// Synthetic daily bars of a symbol in a <see cref="SyntheticMarket"/>: it follows the market, and has changes of its own. The bar of a symbol and day is
/// the same in every process, on every machine and on every later day, so it uses its own generator, and only sums, products and square roots.
/// </summary>
internal static class SyntheticSeries
{
    // Of a day, as fractions.
    private const double LargestFall = -0.5;
    private const double LargestRise = 1;
    private const double Pull = 0.01;

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

    /// <summary>The bars of a symbol from <see cref="SyntheticMarket.FirstDay"/> to <paramref name="lastDay"/>; none where that is earlier.</summary>
    public static Bar[] Generate(string symbol, DateOnly lastDay) => Generate(SyntheticMarket.Through(lastDay), symbol);

    /// <summary>The bars of a symbol, one for each day of the market.</summary>
    public static Bar[] Generate(SyntheticMarket market, string symbol)
    {
        var coin = Coin.Of(symbol);
        var noise = new ClusteredNoise(coin.Level);
        var bars = new Bar[market.Days];
        var price = coin.Price;
        for (var day = 0; day < bars.Length; day++)
        {
            var random = SplitMix64.OfDay(coin.Seed, day);
            var (shared, volatility) = market[day];
            // A weak pull to the first price, so that the price keeps its order of magnitude over decades.
            var change = coin.Beta * shared + noise.Next(coin.Level, ref random) + Pull * (coin.Price - price) / (coin.Price + price);
            change = Math.Clamp(change, LargestFall, LargestRise);
            var open = price;
            price = open * (1 + change);
            var spread = Math.Sqrt(coin.Beta * coin.Beta * volatility * volatility + noise.Volatility * noise.Volatility);
            var high = Math.Max(open, price) * (1 + spread * random.NextUniform());
            var low = Math.Min(open, price) * (1 - Math.Min(0.5, spread * random.NextUniform()));
            var marketCap = price * coin.Supply;
            var volume = marketCap * (0.02 + 0.5 * Math.Abs(change)) * (0.7 + 0.6 * random.NextUniform());
            bars[day] = new Bar(SyntheticMarket.FirstDay.AddDays(day), open, high, low, price, volume) { MarketCap = marketCap };
        }

        return bars;
    }

    /// <param name="Seed">The seed of its days.</param>
    /// <param name="Price">The first price in USD.</param>
    /// <param name="Supply">Coins in circulation.</param>
    /// <param name="Beta">How much of the market's change it takes part in.</param>
    /// <param name="Level">Standard deviation of its own daily changes.</param>
    private sealed record Coin(ulong Seed, double Price, double Supply, double Beta, double Level)
    {
        public static Coin Of(string symbol)
        {
            var seed = SplitMix64.SeedOf(symbol);
            var random = new SplitMix64(~seed);
            ReadOnlySpan<double> magnitudes = [0.001, 0.01, 0.1, 1, 10, 100];
            var price = magnitudes[(int)(random.Next() % 6)] * (1 + 9 * random.NextUniform());
            var supply = 1e9 * (0.5 + random.NextUniform()) / price;
            if (Known.TryGetValue(symbol, out var known))
            {
                (price, supply) = known;
            }

            return new Coin(seed, price, supply, Beta: 0.8 + 0.5 * random.NextUniform(), Level: 0.012 + 0.018 * random.NextUniform());
        }
    }
}
