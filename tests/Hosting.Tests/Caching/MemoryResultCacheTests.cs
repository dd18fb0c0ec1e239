using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Hosting.Tests.Caching;

public class MemoryResultCacheTests
{
    private static readonly CacheKey Btc = CacheKey.Of(new PredictionQuery("BTC", "7d", null));
    private static readonly CacheKey BtcRisk = CacheKey.Of(new RiskQuery("BTC", null));
    private static readonly CacheKey Eth = CacheKey.Of(new PredictionQuery("ETH", "7d", null));
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();
    private readonly CacheOptions _options = new();
    private readonly MemoryResultCache _cache;

    public MemoryResultCacheTests() => _cache = new MemoryResultCache(_time, Options.Create(_options));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StoredBody_IsReadAsItIs()
    {
        var body = new byte[] { 0x7B, 0xFF, 0x00, 0x7D };
        await StoreAsync(Btc, body);
        Assert.Equal(body, await ReadAsync(Btc));
    }

    [Fact]
    public async Task NothingStored_IsAMiss()
    {
        await StoreAsync(Eth, [1]);
        Assert.Null(await ReadAsync(Btc));
    }

    [Fact]
    public async Task LaterBody_TakesTheEarlierOnesPlace()
    {
        await StoreAsync(Btc, [1]);
        await StoreAsync(Btc, [2]);
        Assert.Equal([2], await ReadAsync(Btc));
    }

    [Fact]
    public async Task Invalidation_EndsEveryEntryOfItsSymbolOnly()
    {
        await StoreAsync(Btc, [1]);
        await StoreAsync(BtcRisk, [2]);
        await StoreAsync(Eth, [3]);
        await _cache.InvalidateAsync("BTC", Cancelled);
        Assert.Null(await ReadAsync(Btc));
        Assert.Null(await ReadAsync(BtcRisk));
        Assert.Equal([3], await ReadAsync(Eth));
    }

    [Fact]
    public async Task AnswerMadeBeforeTheInvalidation_IsNeverServed()
    {
        var version = await _cache.VersionAsync("BTC", Cancelled);
        await _cache.InvalidateAsync("BTC", Cancelled);
        await _cache.StoreAsync(Btc, version, new byte[] { 1 }, Lifetime, Cancelled);
        Assert.Null(await ReadAsync(Btc));
    }

    [Fact]
    public async Task AnswerMadeAfterTheInvalidation_IsServed()
    {
        await _cache.InvalidateAsync("BTC", Cancelled);
        await StoreAsync(Btc, [1]);
        Assert.Equal([1], await ReadAsync(Btc));
    }

    [Fact]
    public async Task AnswerWithAVersionThatNeverWas_IsNotServed()
    {
        await _cache.StoreAsync(Btc, new CacheVersion("invented", IsShared: true), new byte[] { 1 }, Lifetime, Cancelled);
        Assert.Null(await ReadAsync(Btc));
        await _cache.VersionAsync("BTC", Cancelled);
        Assert.Null(await ReadAsync(Btc));
    }

    [Fact]
    public async Task Version_IsTheSameUntilTheInvalidation_AndNeverComesBack()
    {
        var seen = new HashSet<CacheVersion>();
        for (var i = 0; i < 100; i++)
        {
            var version = await _cache.VersionAsync("BTC", Cancelled);
            Assert.Equal(version, await _cache.VersionAsync("BTC", Cancelled));
            Assert.True(seen.Add(version));
            await _cache.InvalidateAsync("BTC", Cancelled);
        }

        Assert.DoesNotContain(await _cache.VersionAsync("ETH", Cancelled), seen);
    }

    [Fact]
    public async Task Entry_LivesForItsLifetimeToTheTick()
    {
        await StoreAsync(Btc, [1]);
        _time.Advance(Lifetime - TimeSpan.FromTicks(1));
        Assert.Equal([1], await ReadAsync(Btc));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await ReadAsync(Btc));
    }

    [Fact]
    public async Task FullCache_DropsWhatEndsFirst()
    {
        _options.MaxEntries = 10;
        for (var i = 0; i < 10; i++)
        {
            await StoreAsync(Numbered(i), [1], TimeSpan.FromSeconds(100 - i));
        }

        await StoreAsync(Numbered(10), [1], TimeSpan.FromSeconds(200));

        Assert.Null(await ReadAsync(Numbered(9)));
        Assert.Equal([1], await ReadAsync(Numbered(0)));
        Assert.Equal([1], await ReadAsync(Numbered(10)));
    }

    [Fact]
    public async Task FullCache_DropsInvalidatedEntriesBeforeLiveOnes()
    {
        _options.MaxEntries = 10;
        for (var i = 0; i < 9; i++)
        {
            await StoreAsync(Numbered(i), [1], TimeSpan.FromSeconds(10));
        }

        await StoreAsync(Eth, [2], TimeSpan.FromHours(1));
        await _cache.InvalidateAsync("ETH", Cancelled);
        await StoreAsync(Numbered(9), [1], TimeSpan.FromSeconds(10));

        foreach (var i in Enumerable.Range(0, 10))
        {
            Assert.Equal([1], await ReadAsync(Numbered(i)));
        }
    }

    [Fact]
    public async Task ManyEntries_StayWithinTheBound()
    {
        _options.MaxEntries = 50;
        const int Stored = 1_000;
        for (var i = 0; i < Stored; i++)
        {
            await StoreAsync(Numbered(i), [1], Lifetime);
        }

        var kept = 0;
        for (var i = 0; i < Stored; i++)
        {
            kept += await ReadAsync(Numbered(i)) is null ? 0 : 1;
        }

        Assert.InRange(kept, 1, 50);
        Assert.NotNull(await ReadAsync(Numbered(Stored - 1)));
    }

    [Fact]
    public async Task CacheTurnedOff_StoresNothing()
    {
        _options.PredictionSeconds = 0;
        await StoreAsync(Btc, [1]);
        await StoreAsync(BtcRisk, [1]);
        _options.PredictionSeconds = 300;
        Assert.Null(await ReadAsync(Btc));
        Assert.Null(await ReadAsync(BtcRisk));
    }

    [Fact]
    public async Task InvalidationsWhileAnswersAreStored_LeaveNoStaleAnswer()
    {
        var latest = 0;
        var ended = new TaskCompletionSource();
        var writers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!ended.Task.IsCompleted)
            {
                var version = await _cache.VersionAsync("BTC", Cancelled);
                var body = BitConverter.GetBytes(Volatile.Read(ref latest));
                await _cache.StoreAsync(Btc, version, body, Lifetime, Cancelled);
            }
        }, Cancelled)).ToArray();

        try
        {
            for (var i = 1; i <= 500; i++)
            {
                Volatile.Write(ref latest, i);
                await _cache.InvalidateAsync("BTC", Cancelled);
                byte[]? body;
                while ((body = await ReadAsync(Btc)) is null)
                {
                    await Task.Yield();
                }

                Assert.Equal(i, BitConverter.ToInt32(body));
            }
        }
        finally
        {
            ended.SetResult();
            await Task.WhenAll(writers);
        }
    }

    private static CacheKey Numbered(int i) => new("BTC", string.Create(CultureInfo.InvariantCulture, $"numbered:{i}"));

    private async Task StoreAsync(CacheKey key, byte[] body, TimeSpan? lifetime = null) =>
        await _cache.StoreAsync(key, await _cache.VersionAsync(key.Symbol, Cancelled), body, lifetime ?? Lifetime, Cancelled);

    private async Task<byte[]?> ReadAsync(CacheKey key) => (await _cache.ReadAsync(key, Cancelled))?.ToArray();
}
