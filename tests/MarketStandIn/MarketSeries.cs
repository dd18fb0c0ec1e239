namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>A day of an asset. Prices are in the quote currency.</summary>
/// <param name="Day">The UTC day.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Coins">Coins traded.</param>
internal sealed record MarketBar(DateOnly Day, decimal Open, decimal High, decimal Low, decimal Close, decimal Coins)
{
    /// <summary>The average price of the day.</summary>
    public decimal Average => Math.Round((Open + High + Low + Close) / 4, 8);

    /// <summary>The value traded.</summary>
    public decimal Value => Math.Round(Average * Coins, 8);
}

/// <summary>The invented prices of assets: a day's bar is the same in every run, and a day that is not over has the part of its bar that is.</summary>
internal sealed class MarketSeries(TimeProvider time)
{
    private static readonly DateOnly First = new(2017, 8, 17);

    private readonly Dictionary<string, List<MarketBar>> _bars = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Asset, DateOnly Day), decimal> _corrections = [];
    private readonly Lock _lock = new();

    /// <summary>Days without a bar.</summary>
    public HashSet<DateOnly> Missing { get; } = [new(2020, 2, 19)];

    /// <summary>Multiplies a day's volume, as an exchange that corrects it.</summary>
    public void Correct(string asset, DateOnly day, decimal factor)
    {
        lock (_lock)
        {
            _corrections[(asset, day)] = factor;
        }
    }

    /// <summary>The bars of a pair up to today, the current day's last.</summary>
    public IReadOnlyList<MarketBar> Of(MarketPair pair)
    {
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        lock (_lock)
        {
            var last = pair.Last ?? today;
            return [.. Until(pair.Asset, today)
                .Where(bar => bar.Day >= pair.First && bar.Day <= last && bar.Day <= today && !Missing.Contains(bar.Day))
                .Select(bar => _corrections.TryGetValue((pair.Asset.Name, bar.Day), out var factor) ? bar with { Coins = bar.Coins * factor } : bar)
                .Select(bar => bar.Day == today ? Part(bar, now.UtcDateTime.TimeOfDay.TotalDays) : bar)];
        }
    }

    private List<MarketBar> Until(MarketAsset asset, DateOnly last)
    {
        if (!_bars.TryGetValue(asset.Name, out var bars))
        {
            _bars[asset.Name] = bars = [];
        }

        while (First.AddDays(bars.Count) <= last)
        {
            var random = new Random(HashCode(asset.Name, bars.Count));
            var open = bars.Count == 0 ? asset.Price : (double)bars[^1].Close;
            // Three percent a day, drawn back to the first price, so that a decade does not lead far away.
            var move = 0.06 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
            var close = open * (1 + move + (0.01 * (asset.Price - open) / (asset.Price + open)));
            var high = Math.Max(open, close) * (1 + (0.02 * random.NextDouble()));
            var low = Math.Min(open, close) * (1 - (0.02 * random.NextDouble()));
            var coins = asset.Supply * (0.01 + (0.02 * random.NextDouble()));
            bars.Add(new MarketBar(First.AddDays(bars.Count), Text(open), Text(high), Text(low), Text(close), Math.Round((decimal)coins, 2)));
        }

        return bars;
    }

    private static MarketBar Part(MarketBar bar, double over)
    {
        var close = Math.Round(bar.Open + ((bar.Close - bar.Open) * (decimal)over), 10);
        return new(bar.Day, bar.Open, Math.Max(bar.Open, close), Math.Min(bar.Open, close), close, Math.Round(bar.Coins * (decimal)over, 2));
    }

    // Ten digits, as exchanges have few.
    private static decimal Text(double price) => Math.Round((decimal)price, 10);

    // string.GetHashCode differs between processes.
    private static int HashCode(string text, int day) => text.Aggregate(17 + (day * 7919), (hash, c) => unchecked((hash * 31) + c));
}
