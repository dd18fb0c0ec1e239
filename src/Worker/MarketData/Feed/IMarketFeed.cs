using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// An exchange that serves daily bars by HTTP. Volume is the value traded that day in the quote currency (USD or USDT); market cap is 0.
/// </summary>
internal interface IMarketFeed
{
    FeedSource Source { get; }

    /// <summary>The name in messages: <c>binance</c> or <c>kraken</c>.</summary>
    string Name { get; }

    /// <summary>What the source does not serve, as a sentence part; null where it serves the whole history.</summary>
    string? Limit { get; }

    /// <summary>The closed bars of a pair, in pages, ascending, each valid by <see cref="BarRules"/>. Missing days stay missing.</summary>
    /// <param name="pair">The source's name of the pair.</param>
    /// <param name="from">The first day to return.</param>
    /// <param name="through">The last one. A day that is not over by the source's own clock is left out too.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="FeedUnavailableException">The source cannot be asked now.</exception>
    /// <exception cref="UnknownPairException">The source does not know the pair.</exception>
    /// <exception cref="InvalidMarketDataException">An answer is no daily bars.</exception>
    IAsyncEnumerable<IReadOnlyList<Bar>> ReadAsync(string pair, DateOnly from, DateOnly through, CancellationToken cancellationToken);

    /// <summary>Why a pair is not traded, such as <c>status BREAK</c>; null where it is.</summary>
    Task<string?> WhyNotTradedAsync(string pair, CancellationToken cancellationToken);
}
