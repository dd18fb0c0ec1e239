using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>Market caps by day, where <c>Feed:MarketCap</c> names a source of them. They are an addition: without them, bars come all the same.</summary>
internal sealed class MarketCaps(CoinGeckoCaps coinGecko, FeedPairs pairs, IOptions<FeedOptions> options)
{
    /// <summary>A symbol's market caps; none, and a note, where there is no answer.</summary>
    public async Task<(IReadOnlyDictionary<DateOnly, double> ByDay, string? Note)> ReadAsync(string symbol, CancellationToken cancellationToken)
    {
        var none = new Dictionary<DateOnly, double>();
        if (options.Value.MarketCap == MarketCapSource.None)
        {
            return (none, null);
        }

        if (pairs.CoinOf(symbol) is not { } coin)
        {
            return (none, $"{symbol} has no market cap: set CoinGecko's id of it by Feed:CoinGecko:Ids:{symbol}");
        }

        try
        {
            return (await coinGecko.ReadAsync(coin, cancellationToken), null);
        }
        catch (Exception fault) when (fault is FeedUnavailableException or UnknownPairException or InvalidMarketDataException)
        {
            return (none, $"{symbol} has no market cap: {fault.Message}");
        }
    }
}
