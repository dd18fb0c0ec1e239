namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>Section <c>Feed</c>: daily bars that are fetched from an exchange.</summary>
internal sealed class FeedOptions
{
    public const string Section = "Feed";

    /// <summary>The day of the first block: no bar is older.</summary>
    public static readonly DateOnly Earliest = new(2009, 1, 3);

    /// <summary>The exchange that this worker fetches bars from, one worker of the cluster at a time; <c>None</c> fetches nothing.</summary>
    public FeedSource Source { get; set; }

    /// <summary>The time between two passes over all symbols. A pass also runs soon after midnight UTC, when a day has closed.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The first day that is fetched of a symbol that has no bars yet.</summary>
    public DateOnly Since { get; set; } = new(2018, 1, 1);

    /// <summary>The source's pair by symbol, where it is not the default; former names of a renamed pair come first: <c>MATICUSDT,POLUSDT</c>.</summary>
    public Dictionary<string, string> Pairs { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where market caps come from; <c>None</c> leaves them empty.</summary>
    public MarketCapSource MarketCap { get; set; }

    public FeedServer Binance { get; set; } = new() { Url = "https://data-api.binance.vision" };

    public FeedServer Kraken { get; set; } = new() { Url = "https://api.kraken.com" };

    public CoinGeckoServer CoinGecko { get; set; } = new() { Url = "https://api.coingecko.com" };
}

/// <summary>An exchange.</summary>
internal enum FeedSource
{
    None,
    Binance,
    Kraken,
}

/// <summary>A source of market caps.</summary>
internal enum MarketCapSource
{
    None,
    CoinGecko,
}

/// <summary>A source's server.</summary>
internal class FeedServer
{
    /// <summary>Its base address.</summary>
    public string Url { get; set; } = "";
}

/// <summary>CoinGecko's server.</summary>
internal sealed class CoinGeckoServer : FeedServer
{
    /// <summary>A demo key, which allows more requests; nothing to ask without a key.</summary>
    public string? ApiKey { get; set; }

    /// <summary>CoinGecko's id by symbol, where it is not the default: <c>BTC=bitcoin</c>.</summary>
    public Dictionary<string, string> Ids { get; set; } = new(StringComparer.OrdinalIgnoreCase);
}
