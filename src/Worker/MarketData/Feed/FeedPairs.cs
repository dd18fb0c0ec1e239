using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// The names that sources give to symbols. An exchange that renames a pair keeps its history under the former name, so a symbol may have several
/// pairs: the current one last, former ones before it. <c>Feed:Pairs</c> and <c>Feed:CoinGecko:Ids</c> override the defaults.
/// </summary>
internal sealed class FeedPairs(IOptions<FeedOptions> options, SymbolCatalog catalog)
{
    private static readonly Dictionary<string, string[]> Binance = new(StringComparer.Ordinal)
    {
        ["MATIC"] = ["MATICUSDT", "POLUSDT"],
        ["RENDER"] = ["RNDRUSDT", "RENDERUSDT"],
        ["S"] = ["FTMUSDT", "SUSDT"],
    };

    private static readonly Dictionary<string, string[]> Kraken = new(StringComparer.Ordinal)
    {
        ["BTC"] = ["XBTUSD"],
        ["DOGE"] = ["XDGUSD"],
        ["MATIC"] = ["POLUSD"],
    };

    private static readonly Dictionary<string, string> Coins = new(StringComparer.Ordinal)
    {
        ["BTC"] = "bitcoin",
        ["ETH"] = "ethereum",
        ["SOL"] = "solana",
        ["BNB"] = "binancecoin",
        ["XRP"] = "ripple",
        ["ADA"] = "cardano",
        ["DOT"] = "polkadot",
        ["MATIC"] = "polygon-ecosystem-token",
        ["AVAX"] = "avalanche-2",
        ["DOGE"] = "dogecoin",
        ["LINK"] = "chainlink",
        ["UNI"] = "uniswap",
        ["ATOM"] = "cosmos",
        ["LTC"] = "litecoin",
        ["ETC"] = "ethereum-classic",
        ["BCH"] = "bitcoin-cash",
        ["TRX"] = "tron",
        ["XLM"] = "stellar",
        ["NEAR"] = "near",
        ["SHIB"] = "shiba-inu",
        ["TON"] = "the-open-network",
    };

    /// <summary>The pairs of a canonical symbol, the current one last.</summary>
    public IReadOnlyList<string> Of(string symbol, FeedSource source) =>
        Configured(options.Value.Pairs, symbol) is { } pairs ? Split(pairs) : source switch
        {
            FeedSource.Binance => Binance.GetValueOrDefault(symbol) ?? [symbol + "USDT"],
            FeedSource.Kraken => Kraken.GetValueOrDefault(symbol) ?? [symbol + "USD"],
            _ => throw new ArgumentOutOfRangeException(nameof(source), source, "Expected an exchange."),
        };

    /// <summary>CoinGecko's id of a canonical symbol; null where none is known.</summary>
    public string? CoinOf(string symbol) => Configured(options.Value.CoinGecko.Ids, symbol) ?? Coins.GetValueOrDefault(symbol);

    public static string[] Split(string? text) => (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private string? Configured(Dictionary<string, string> names, string symbol) =>
        catalog.NamesOf(symbol).Select(name => names.GetValueOrDefault(name)).FirstOrDefault(name => name is not null);
}
