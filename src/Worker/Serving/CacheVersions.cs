using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;

namespace Coinsphere.Messaging.Worker.Serving;

/// <summary>
/// The cache versions that answers are made under. Anybody may ask for the risk of any symbol, so one that the price source does not know gets no version in
/// the shared cache: nothing is left there of it.
/// </summary>
internal sealed class CacheVersions(IResultCache cache, SymbolCatalog catalog, IPriceSource prices)
{
    // Nothing is stored under it.
    private static readonly CacheVersion Unknown = new("unknown", IsShared: false);

    /// <summary>The symbol's version; take it before reading prices or models.</summary>
    public async ValueTask<CacheVersion> OfAsync(string symbol, CancellationToken cancellationToken)
    {
        if (catalog.IsSupported(symbol))
        {
            return await cache.VersionAsync(symbol, cancellationToken);
        }

        return await cache.FindVersionAsync(symbol, cancellationToken)
            ?? (await HasPricesAsync(symbol, cancellationToken) ? await cache.VersionAsync(symbol, cancellationToken) : Unknown);
    }

    // A source that fails says why when the answer is computed.
    private async Task<bool> HasPricesAsync(string symbol, CancellationToken cancellationToken)
    {
        try
        {
            return (await prices.ReadLatestAsync([symbol], cancellationToken)).Count > 0;
        }
        catch (Exception failure) when (failure is MarketDataException || MarketDataUnavailableException.IsCausedBy(failure))
        {
            return false;
        }
    }
}
