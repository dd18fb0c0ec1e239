using System.Collections.Concurrent;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The result cache of one process, for a gateway and a worker that share it. Bounded: when full, expired entries go, then the ones that end first.
/// </summary>
public sealed class MemoryResultCache(TimeProvider time, IOptions<CacheOptions> options) : IResultCache
{
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LocalCacheVersions _versions = new();

    /// <inheritdoc/>
    public bool IsRedisConnected => false;

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var isHit = _entries.TryGetValue(key.Text, out var entry) && IsValid(key.Symbol, entry);
        Meters.CacheRead(isHit);
        return ValueTask.FromResult(isHit ? entry!.Body : default(ReadOnlyMemory<byte>?));
    }

    /// <inheritdoc/>
    public ValueTask<CacheVersion> VersionAsync(string symbol, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new CacheVersion(_versions.Of(symbol), IsShared: true));

    /// <inheritdoc/>
    public ValueTask StoreAsync(CacheKey key, CacheVersion version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        // The version is not checked here: an entry of an earlier version is never valid, and it is dropped like an expired one.
        if (options.Value.Enabled && lifetime > TimeSpan.Zero)
        {
            if (_entries.Count >= options.Value.MaxEntries)
            {
                MakeRoom();
            }

            _entries[key.Text] = new Entry(version.Token, body, time.GetTimestamp() + (long)(lifetime.TotalSeconds * time.TimestampFrequency), key.Symbol);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken)
    {
        _versions.Invalidate(symbol);
        return ValueTask.FromResult(true);
    }

    private bool IsValid(string symbol, Entry entry) => entry.ExpiresAt > time.GetTimestamp() && _versions.Of(symbol) == entry.Version;

    // A tenth at a time, so that a full cache does not sort itself for every answer.
    private void MakeRoom()
    {
        var surplus = _entries.Count - (options.Value.MaxEntries * 9 / 10);
        foreach (var (key, _) in _entries.OrderBy(pair => IsValid(pair.Value.Symbol, pair.Value)).ThenBy(pair => pair.Value.ExpiresAt).Take(surplus))
        {
            _entries.TryRemove(key, out _);
        }
    }

    private sealed record Entry(string Version, ReadOnlyMemory<byte> Body, long ExpiresAt, string Symbol);
}
