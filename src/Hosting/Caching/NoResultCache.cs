namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// Stores nothing: for a gateway or a worker of its own without Redis. What one process kept in its memory, another's model swap could
/// not end.
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
    public ValueTask<CacheVersion> VersionAsync(string symbol, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CacheVersion(_versions.Of(symbol), IsShared: false));

    /// <inheritdoc/>
    public ValueTask StoreAsync(CacheKey key, CacheVersion version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken)
    {
        _versions.Invalidate(symbol);
        return ValueTask.FromResult(true);
    }
}
