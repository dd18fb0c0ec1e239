namespace Coinsphere.Messaging.MarketStandIn;

/// <summary>An asset of the stand-in market.</summary>
/// <param name="Name">Its name, by which its prices are made.</param>
/// <param name="Price">Its first price.</param>
/// <param name="Supply">Its coins, for the market cap.</param>
/// <param name="Listed">Its first day.</param>
/// <param name="Coin">CoinGecko's id.</param>
internal sealed record MarketAsset(string Name, double Price, double Supply, DateOnly Listed, string Coin)
{
    public static IReadOnlyDictionary<string, MarketAsset> All { get; } = new MarketAsset[]
    {
        new("BTC", 40_000, 19.5e6, new(2017, 8, 17), "bitcoin"),
        new("ETH", 2_500, 120e6, new(2017, 8, 17), "ethereum"),
        new("SOL", 100, 450e6, new(2020, 8, 11), "solana"),
        new("BNB", 400, 150e6, new(2017, 11, 6), "binancecoin"),
        new("XRP", 0.6, 55e9, new(2018, 5, 4), "ripple"),
        new("ADA", 0.5, 35e9, new(2018, 4, 17), "cardano"),
        new("DOT", 7, 1.4e9, new(2020, 8, 18), "polkadot"),
        new("MATIC", 0.8, 10e9, new(2019, 4, 26), "polygon-ecosystem-token"),
        new("AVAX", 30, 400e6, new(2020, 9, 22), "avalanche-2"),
        new("DOGE", 0.1, 145e9, new(2019, 7, 5), "dogecoin"),
        new("LINK", 15, 600e6, new(2019, 1, 16), "chainlink"),
        new("UNI", 8, 600e6, new(2020, 9, 17), "uniswap"),
        new("ATOM", 10, 380e6, new(2019, 4, 29), "cosmos"),
        new("LTC", 90, 75e6, new(2017, 12, 13), "litecoin"),
        new("ETC", 25, 145e6, new(2018, 6, 12), "ethereum-classic"),
        new("SHIB", 0.00001, 589e12, new(2021, 5, 10), "shiba-inu"),
        new("LUNA", 20, 350e6, new(2020, 8, 21), "terra-luna"),
    }.ToDictionary(asset => asset.Name);
}

/// <summary>A pair of an exchange.</summary>
/// <param name="Asset">The asset that is traded.</param>
/// <param name="First">The first day of its bars.</param>
/// <param name="Last">The last one; null where it is still traded.</param>
internal sealed record MarketPair(MarketAsset Asset, DateOnly First, DateOnly? Last)
{
    /// <summary>The days between the two names of the asset that was renamed, on which nothing was traded.</summary>
    public static readonly (DateOnly OldEnds, DateOnly NewBegins) Renamed = (new(2024, 9, 10), new(2024, 9, 13));

    public static readonly DateOnly Delisted = new(2022, 5, 13);

    public static MarketPair? OfBinance(string name) => name switch
    {
        "MATICUSDT" => new(MarketAsset.All["MATIC"], MarketAsset.All["MATIC"].Listed, Renamed.OldEnds),
        "POLUSDT" => new(MarketAsset.All["MATIC"], Renamed.NewBegins, null),
        "LUNAUSDT" => new(MarketAsset.All["LUNA"], MarketAsset.All["LUNA"].Listed, Delisted),
        _ when name.EndsWith("USDT", StringComparison.Ordinal) && MarketAsset.All.TryGetValue(name[..^4], out var asset) => new(asset, asset.Listed, null),
        _ => null,
    };

    public static MarketPair? OfKraken(string name) => name switch
    {
        "XBTUSD" or "XXBTZUSD" => Traded("BTC"),
        "XDGUSD" => Traded("DOGE"),
        "POLUSD" => Traded("MATIC"),
        "BTCUSD" or "DOGEUSD" or "MATICUSD" or "LUNAUSD" => null,
        _ when name.EndsWith("USD", StringComparison.Ordinal) && MarketAsset.All.ContainsKey(name[..^3]) => Traded(name[..^3]),
        _ => null,
    };

    private static MarketPair Traded(string asset) => new(MarketAsset.All[asset], MarketAsset.All[asset].Listed, null);
}
