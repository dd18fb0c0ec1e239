namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// Caches answers as UTF-8 JSON bodies. An entry is valid only while its version equals the current cache version of its symbol. Take the version
/// before reading any input: an answer made from inputs that changed meanwhile is then never served.
/// </summary>
public interface IResultCache
{
    /// <summary>Whether entries are stored in Redis, and it is available.</summary>
    bool IsRedisConnected { get; }

    /// <summary>The stored body, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>
    /// The symbol's current cache version. Take it before reading prices or models. While Redis is unavailable it is a version that only this process
    /// knows, and nothing is stored under it.
    /// </summary>
    ValueTask<string> VersionAsync(string symbol, CancellationToken cancellationToken);

    /// <summary>
    /// Whether other processes invalidate this version too, when they change the symbol. Values read under such a version may be cached in this
    /// process for a while; not for ever, since an invalidation may not reach Redis.
    /// </summary>
    bool IsShared(string version);

    /// <summary>Stores a body for a lifetime, unless the symbol's cache version has changed since.</summary>
    ValueTask StoreAsync(CacheKey key, string version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>
    /// Invalidates every entry of the symbol, also those about to be stored. False where Redis did not confirm it. It is then retried until it does;
    /// until then this process neither reads nor stores entries of the symbol.
    /// </summary>
    ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken);
}
