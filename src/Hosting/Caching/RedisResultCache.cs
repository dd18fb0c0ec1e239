using System.Text;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Hosting;

/// <summary>
/// The result cache that gateways and workers share. <c>{key}</c> holds the epoch's 32 characters and then the body, <c>epoch:{symbol}</c>
/// the epoch: a read is one MGET (two GETs of a cluster), and an entry whose epoch is another or missing is none.
/// </summary>
public sealed class RedisResultCache(RedisConnection redis, IOptions<CacheOptions> options, TimeProvider time) : IResultCache, IAsyncDisposable
{
    private const int EpochLength = 32;

    // Anybody may ask for any symbol, so epochs end by themselves. One that does takes its entries with it.
    private static readonly TimeSpan EpochLifetime = TimeSpan.FromDays(1);

    // While Redis is away computations still have an epoch, to know which of them are the same. It is longer than one that Redis holds.
    private readonly LocalEpochs _local = new();
    private readonly UnfinishedEnds _unfinished = new(redis, time);

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
            var reply = await redis.ReadAsync(redis.Key(key.Text), EpochKey(redis, key.Symbol), cancellationToken);
            body = reply is { IsAnswered: true, Value: [var entry, var epoch] } ? Body(entry, epoch) : null;
        }

        Meters.CacheRead(body is not null);
        return body;
    }

    /// <inheritdoc/>
    public async ValueTask<string> EpochAsync(string symbol, CancellationToken cancellationToken)
    {
        if (_unfinished.Contains(symbol))
        {
            return _local.Of(symbol);
        }

        var key = EpochKey(redis, symbol);
        var held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        if (held is { IsAnswered: true, Value.IsNull: true })
        {
            var token = LocalEpochs.NewToken();
            var created = await redis.AskAsync(database => database.StringSetAsync(key, token, EpochLifetime, When.NotExists), cancellationToken);
            if (created is { IsAnswered: true, Value: true })
            {
                return token;
            }
            // Another process was first.
            held = await redis.AskAsync(database => database.StringGetAsync(key), cancellationToken);
        }

        return held.State switch
        {
            RedisState.Away => _local.Of(symbol),
            RedisState.Answered when held.Value.ToString() is { Length: EpochLength } epoch && epoch.All(char.IsAsciiHexDigitLower) => epoch,
            // Something else lies under the key: a new epoch takes its place.
            _ => await SetEpochAsync(redis, symbol, cancellationToken) ?? _local.Of(symbol),
        };
    }

    /// <inheritdoc/>
    public bool IsShared(string epoch) => epoch.Length == EpochLength;

    /// <inheritdoc/>
    public async ValueTask StoreAsync(CacheKey key, string epoch, ReadOnlyMemory<byte> body, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled || lifetime < TimeSpan.FromMilliseconds(1) || !IsShared(epoch) || _unfinished.Contains(key.Symbol))
        {
            return;
        }

        var entry = new byte[EpochLength + body.Length];
        Encoding.Latin1.GetBytes(epoch, entry);
        body.Span.CopyTo(entry.AsSpan(EpochLength));
        // The epoch is not compared here: an entry of an ended one is never valid.
        await redis.AskAsync(database => database.StringSetAsync(redis.Key(key.Text), entry, lifetime), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> EndEpochAsync(string symbol, CancellationToken cancellationToken)
    {
        _local.End(symbol);
        // Noted first, so that a caller that gives up does not leave it undone.
        var end = _unfinished.Add(symbol);
        if (await SetEpochAsync(redis, symbol, cancellationToken) is not null)
        {
            _unfinished.Remove(end);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _unfinished.DisposeAsync();

    /// <summary>Gives the symbol a new epoch, whatever lies there. Null where Redis did not take it.</summary>
    internal static async ValueTask<string?> SetEpochAsync(RedisConnection redis, string symbol, CancellationToken cancellationToken)
    {
        var token = LocalEpochs.NewToken();
        var set = await redis.AskAsync(database => database.StringSetAsync(EpochKey(redis, symbol), token, EpochLifetime), cancellationToken);
        return set is { IsAnswered: true, Value: true } ? token : null;
    }

    private static RedisKey EpochKey(RedisConnection redis, string symbol) => redis.Key("epoch:" + symbol);

    // What others wrote under our keys is no answer: every body of ours is a JSON object.
    private static ReadOnlyMemory<byte>? Body(RedisValue entryValue, RedisValue epochValue)
    {
        byte[]? entry = entryValue, epoch = epochValue;
        if (entry is null || epoch is not { Length: EpochLength } || entry.Length < EpochLength + 2)
        {
            return null;
        }

        if (!entry.AsSpan(0, EpochLength).SequenceEqual(epoch) || entry[EpochLength] != '{' || entry[^1] != '}')
        {
            return null;
        }

        return entry.AsMemory(EpochLength);
    }
}
