namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// Stores nothing: for a separate gateway or worker without Redis. A model swap in another process could not invalidate entries in this one's memory.
/// </summary>
public sealed class NoResultCache : IResultCache
{
    private readonly LocalCacheVersions _versions = new();

    /// <inheritdoc/>
    public bool IsRedisConnected => false;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(default(ReadOnlyMemory<byte>?));

    /// <inheritdoc/>
    public ValueTask<string> VersionAsync(string symbol, CancellationToken cancellationToken) => ValueTask.FromResult(_versions.Of(symbol));

    /// <inheritdoc/>
    public bool IsShared(string version) => false;

    /// <inheritdoc/>
    public ValueTask StoreAsync(CacheKey key, string version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken)
    {
        _versions.End(symbol);
        return ValueTask.FromResult(true);
    }
}
