namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// Stores nothing: for a gateway or a worker of its own without Redis. What one process kept in its memory, another's model swap could
/// not end.
/// </summary>
public sealed class NoResultCache : IResultCache
{
    private readonly LocalCacheVersions _epochs = new();

    /// <inheritdoc/>
    public bool IsRedisConnected => false;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken) =>
        ValueTask.FromResult(default(ReadOnlyMemory<byte>?));

    /// <inheritdoc/>
    public ValueTask<string> VersionAsync(string symbol, CancellationToken cancellationToken) => ValueTask.FromResult(_epochs.Of(symbol));

    /// <inheritdoc/>
    public bool IsShared(string version) => false;

    /// <inheritdoc/>
    public ValueTask StoreAsync(CacheKey key, string version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken)
    {
        _epochs.End(symbol);
        return ValueTask.FromResult(true);
    }
}
