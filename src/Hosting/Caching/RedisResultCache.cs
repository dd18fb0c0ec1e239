using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Hosting.Caching;

/// <summary>
/// The result cache that gateways and workers share. <c>{key}</c> holds the version and the body under a digest (<see cref="EntrySeal"/>),
/// <c>epoch:{symbol}</c> the version: a read is one MGET (two GETs of a cluster), and an entry with another version or a wrong digest is a miss.
/// </summary>
public sealed partial class RedisResultCache(
    RedisConnection redis, IOptions<CacheOptions> options, TimeProvider time, ILogger<RedisResultCache> logger, IHostEnvironment? environment = null)
    : IResultCache, IAsyncDisposable
{
    // Anybody may ask for any symbol, so versions expire. The entries of an expired version are misses.
    private static readonly TimeSpan VersionLifetime = TimeSpan.FromDays(1);

    // While Redis is unavailable computations still have a version, to know which of them are the same.
    private readonly LocalCacheVersions _local = new();
    private readonly PendingInvalidations _pending = new(redis, time);
    private readonly EntrySeal _seal = Seal(options.Value.Secret, environment, logger);
    private readonly OncePerMinute _wrong = new(time);

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
        if (!_pending.Contains(key.Symbol))
        {
            var reply = await redis.ReadAsync(redis.Key(key.Text), VersionKey(redis, key.Symbol), cancellationToken);
            body = reply is { IsAnswered: true, Value: [var entry, var version] } ? Body(key, entry, version) : null;
        }

        Meters.CacheRead(body is not null);
        return body;
    }

    /// <inheritdoc/>
    public async ValueTask<CacheVersion> VersionAsync(string symbol, CancellationToken cancellationToken)
    {
        if (_pending.Contains(symbol))
        {
            return Local(symbol);
        }

        var key = VersionKey(redis, symbol);
        var held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        if (held is { IsAnswered: true, Value.IsNull: true })
        {
            var token = LocalCacheVersions.NewToken();
            var created = await redis.AskAsync(database => database.StringSetAsync(key, token, VersionLifetime, When.NotExists), cancellationToken);
            if (created is { IsAnswered: true, Value: true })
            {
                return new CacheVersion(token, IsShared: true);
            }

            // Another process was first.
            held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        }

        return held.State switch
        {
            RedisState.Unavailable => Local(symbol),
            RedisState.Answered when held.Value.ToString() is { Length: EntrySeal.VersionLength } version && version.All(char.IsAsciiHexDigitLower) =>
                new CacheVersion(version, IsShared: true),
            // Something else lies under the key: a new version takes its place.
            _ => await SetVersionAsync(redis, symbol, cancellationToken) is { } token ? new CacheVersion(token, IsShared: true) : Local(symbol),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<CacheVersion?> FindVersionAsync(string symbol, CancellationToken cancellationToken)
    {
        var key = VersionKey(redis, symbol);
        var held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        return held is { IsAnswered: true, Value.IsNull: true } && !_pending.Contains(symbol) ? null : await VersionAsync(symbol, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask StoreAsync(CacheKey key, CacheVersion version, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled || lifetime < TimeSpan.FromMilliseconds(1) || !version.IsShared || body.Length > EntrySeal.MaxBody
            || _pending.Contains(key.Symbol))
        {
            return;
        }

        var entry = _seal.Write(key.Text, version.Token, body.Span);
        // The version is not compared here: an entry of an ended one is never valid.
        await redis.AskAsync(database => database.StringSetAsync(redis.Key(key.Text), entry, lifetime), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> InvalidateAsync(string symbol, CancellationToken cancellationToken)
    {
        _local.Invalidate(symbol);
        // Noted first, so that a caller that gives up does not leave it undone.
        var pending = _pending.Add(symbol);
        if (await SetVersionAsync(redis, symbol, cancellationToken) is not null)
        {
            _pending.Remove(pending);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _pending.DisposeAsync();

    /// <summary>Gives the symbol a new version, whatever lies there. Null where Redis did not take it.</summary>
    internal static async ValueTask<string?> SetVersionAsync(RedisConnection redis, string symbol, CancellationToken cancellationToken)
    {
        var token = LocalCacheVersions.NewToken();
        var set = await redis.AskAsync(database => database.StringSetAsync(VersionKey(redis, symbol), token, VersionLifetime), cancellationToken);
        return set is { IsAnswered: true, Value: true } ? token : null;
    }

    private CacheVersion Local(string symbol) => new(_local.Of(symbol), IsShared: false);

    private static RedisKey VersionKey(RedisConnection redis, string symbol) => redis.Key("epoch:" + symbol);

    private static EntrySeal Seal(string? secret, IHostEnvironment? environment, ILogger logger)
    {
        if (string.IsNullOrEmpty(secret) && environment?.IsProduction() == true)
        {
            LogUnkeyed(logger);
        }

        return new EntrySeal(secret);
    }

    private ReadOnlyMemory<byte>? Body(CacheKey key, RedisValue entry, RedisValue version)
    {
        var state = _seal.Read(key.Text, (byte[]?)entry, (byte[]?)version, out var body);
        if (state == EntryState.Wrong && _wrong.Count() is { } times)
        {
            LogWrong(times, key.Text);
        }

        return state == EntryState.Right ? body : default(ReadOnlyMemory<byte>?);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cache:Secret is not set: whoever may write to Redis can write answers")]
    private static partial void LogUnkeyed(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis holds {Times} answers with a wrong digest, the last under {Key}; they are computed again. Is "
        + "Cache:Secret the same in every gateway and worker? If so, something else writes there")]
    private partial void LogWrong(int times, string key);
}
