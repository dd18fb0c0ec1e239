namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// Answers as UTF-8 JSON bodies. An entry is valid only while its version equals its symbol's: whoever computes an answer takes the version
/// before reading any input, so that an answer made from what has since changed is never served.
/// </summary>
public interface IResultCache
{
    /// <summary>Whether Redis holds the entries, and is there.</summary>
    bool IsRedisConnected { get; }

    /// <summary>The stored body, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>
    /// The symbol's current version; take it before reading prices or models. While Redis is unavailable it is one that only this process knows,
    /// under which nothing is stored.
    /// </summary>
    ValueTask<CacheVersion> VersionAsync(string symbol, CancellationToken cancellationToken);

    /// <summary>The same without making one: null where the symbol has none yet.</summary>
    async ValueTask<CacheVersion?> FindVersionAsync(string symbol, CancellationToken cancellationToken) => await VersionAsync(symbol, cancellationToken);

    /// <summary>Stores a body for a lifetime, unless the symbol's version is no longer the one given.</summary>
    ValueTask StoreAsync(CacheKey key, CacheVersion version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>
    /// Ends every entry of the symbol, also those about to be stored. False where Redis did not take it: it is tried again until it does,
    /// and until then this process neither reads nor stores the symbol's entries.
    /// </summary>
    ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken);
}
