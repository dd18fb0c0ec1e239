using System.Text;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The result cache that gateways and workers share. <c>{key}</c> holds the version's 32 characters and then the body; <c>epoch:{symbol}</c> holds
/// the symbol's cache version. A read is one MGET (in a cluster two GETs). An entry is valid only where its version equals the symbol's.
/// </summary>
public sealed class RedisResultCache(RedisConnection redis, IOptions<CacheOptions> options, TimeProvider time) : IResultCache, IAsyncDisposable
{
    private const int VersionLength = 32;

    // Any symbol may be asked for, so versions expire. Its entries are then invalid too.
    private static readonly TimeSpan VersionLifetime = TimeSpan.FromDays(1);

    // While Redis is unavailable computations still need a version, to find identical ones. It is longer than a version in Redis.
    private readonly LocalCacheVersions _local = new();
    private readonly PendingInvalidations _unfinished = new(redis, time);

    /// <inheritdoc/>
    public bool IsRedisConnected => redis.IsAvailable;

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled)
        {
            return null;
        }

        var body = default(ReadOnlyMemory<byte>?);
        if (!_unfinished.Contains(key.Symbol))
        {
            var reply = await redis.ReadAsync(redis.Key(key.Text), VersionKey(redis, key.Symbol), cancellationToken);
            body = reply is { IsAnswered: true, Value: [var entry, var version] } ? Body(entry, version) : null;
        }

        Meters.CacheRead(body is not null);
        return body;
    }

    /// <inheritdoc/>
    public async ValueTask<string> VersionAsync(string symbol, CancellationToken cancellationToken)
    {
        if (_unfinished.Contains(symbol))
        {
            return _local.Of(symbol);
        }

        var key = VersionKey(redis, symbol);
        var held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        if (held is { IsAnswered: true, Value.IsNull: true })
        {
            var token = LocalCacheVersions.NewToken();
            var created = await redis.AskAsync(database => database.StringSetAsync(key, token, VersionLifetime, When.NotExists), cancellationToken);
            if (created is { IsAnswered: true, Value: true })
            {
                return token;
            }
            // Another process has set it first.
            held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        }

        return held.State switch
        {
            RedisState.Unavailable => _local.Of(symbol),
            RedisState.Answered when held.Value.ToString() is { Length: VersionLength } version && version.All(char.IsAsciiHexDigitLower) => version,
            // The key holds something else: it is replaced by a new version.
            _ => await SetVersionAsync(redis, symbol, cancellationToken) ?? _local.Of(symbol),
        };
    }

    /// <inheritdoc/>
    public bool IsShared(string version) => version.Length == VersionLength;

    /// <inheritdoc/>
    public async ValueTask StoreAsync(CacheKey key, string version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled || lifetime < TimeSpan.FromMilliseconds(1) || !IsShared(version) || _unfinished.Contains(key.Symbol))
        {
            return;
        }

        var entry = new byte[VersionLength + body.Length];
        Encoding.Latin1.GetBytes(version, entry);
        body.Span.CopyTo(entry.AsSpan(VersionLength));
        // The version is not compared here: an entry of an old version is never valid.
        await redis.AskAsync(database => database.StringSetAsync(redis.Key(key.Text), entry, lifetime), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken)
    {
        _local.End(symbol);
        // Added first, so that the invalidation is retried even where the caller cancels.
        var end = _unfinished.Add(symbol);
        if (await SetVersionAsync(redis, symbol, cancellationToken) is not null)
        {
            _unfinished.Remove(end);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _unfinished.DisposeAsync();

    /// <summary>Gives the symbol a new version, whatever the key holds. Null where Redis did not confirm it.</summary>
    internal static async ValueTask<string?> SetVersionAsync(RedisConnection redis, string symbol, CancellationToken cancellationToken)
    {
        var token = LocalCacheVersions.NewToken();
        var set = await redis.AskAsync(database => database.StringSetAsync(VersionKey(redis, symbol), token, VersionLifetime), cancellationToken);
        return set is { IsAnswered: true, Value: true } ? token : null;
    }

    private static RedisKey VersionKey(RedisConnection redis, string symbol) => redis.Key("epoch:" + symbol);

    // A value from another program is not an answer: every body of this service is a JSON object.
    private static ReadOnlyMemory<byte>? Body(RedisValue entryValue, RedisValue versionValue)
    {
        byte[]? entry = entryValue, version = versionValue;
        if (entry is null || version is not { Length: VersionLength } || entry.Length < VersionLength + 2)
        {
            return null;
        }

        if (!entry.AsSpan(0, VersionLength).SequenceEqual(version) || entry[VersionLength] != '{' || entry[^1] != '}')
        {
            return null;
        }

        return entry.AsMemory(VersionLength);
    }
}
