namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>What holds for a result cache, wherever it keeps its entries. Two processes share Redis; memory has one.</summary>
public abstract class ResultCacheTests : IAsyncLifetime
{
    private CacheProcess? _one;
    private CacheProcess? _other;

    private CacheProcess One => _one!;

    private CacheProcess Other => _other!;

    public async ValueTask InitializeAsync() => (_one, _other) = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await One.DisposeAsync();
        await Other.DisposeAsync();
    }

    private protected abstract Task<(CacheProcess One, CacheProcess Other)> StartAsync();

    [Fact]
    public async Task StoredBody_IsReadAsItIs()
    {
        await One.StoreAsync(CacheProcess.Btc, "{\"a\":\"ü\"}");
        Assert.Equal("{\"a\":\"ü\"}", await Other.ReadAsync(CacheProcess.Btc));
        Assert.Null(await Other.ReadAsync(CacheProcess.Eth));
    }

    [Fact]
    public async Task Invalidation_EndsEveryEntryOfItsSymbolOnly()
    {
        await One.StoreAsync(CacheProcess.Btc, "{1}");
        await One.StoreAsync(CacheProcess.BtcRisk, "{2}");
        await One.StoreAsync(CacheProcess.Eth, "{3}");
        Assert.True(await Other.InvalidateAsync(CacheProcess.Btc));
        Assert.Null(await One.ReadAsync(CacheProcess.Btc));
        Assert.Null(await One.ReadAsync(CacheProcess.BtcRisk));
        Assert.Equal("{3}", await One.ReadAsync(CacheProcess.Eth));
    }

    [Fact]
    public async Task AnswerMadeBeforeTheInvalidation_IsNeverServed()
    {
        var version = await One.VersionAsync(CacheProcess.Btc);
        Assert.Equal(version, await Other.VersionAsync(CacheProcess.Btc));
        await Other.InvalidateAsync(CacheProcess.Btc);
        Assert.NotEqual(version, await One.VersionAsync(CacheProcess.Btc));
        await One.StoreAsync(CacheProcess.Btc, "{old}", version);
        Assert.Null(await One.ReadAsync(CacheProcess.Btc));
        await One.StoreAsync(CacheProcess.Btc, "{new}");
        Assert.Equal("{new}", await Other.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task Entry_EndsWithItsLifetime()
    {
        await One.StoreAsync(CacheProcess.Btc, "{1}", lifetime: TimeSpan.FromMilliseconds(50));
        await Until.True(async () => await One.ReadAsync(CacheProcess.Btc) is null);
        await One.StoreAsync(CacheProcess.Btc, "{2}", lifetime: TimeSpan.Zero);
        Assert.Null(await One.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task SlowWritersUnderLoad_NeverBringBackAnOlderAnswer()
    {
        var latest = 0;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        // Each takes a version and its input, lingers, and stores: many stores come after the version has ended.
        var writers = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            while (!ended.IsCancellationRequested)
            {
                var process = i % 2 == 0 ? One : Other;
                var version = await process.VersionAsync(CacheProcess.Btc);
                var body = $"{{{Volatile.Read(ref latest)}}}";
                for (var spin = 0; spin < i; spin++)
                {
                    await Task.Yield();
                }

                await process.StoreAsync(CacheProcess.Btc, body, version);
            }
        })).ToArray();

        try
        {
            for (var i = 1; i <= 200; i++)
            {
                Volatile.Write(ref latest, i);
                Assert.True(await (i % 2 == 0 ? Other : One).InvalidateAsync(CacheProcess.Btc));
                var reads = 0;
                await Until.True(async () =>
                {
                    if (await (reads++ % 2 == 0 ? One : Other).ReadAsync(CacheProcess.Btc) is not { } body)
                    {
                        return false;
                    }

                    Assert.Equal($"{{{i}}}", body);
                    return true;
                });
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(writers);
        }
    }
}

public sealed class MemoryResultCacheTests : ResultCacheTests
{
    private protected override async Task<(CacheProcess One, CacheProcess Other)> StartAsync()
    {
        var process = await CacheProcess.StartInMemoryAsync();
        return (process, process);
    }
}

public sealed class RedisResultCacheTests : ResultCacheTests
{
    private protected override async Task<(CacheProcess One, CacheProcess Other)> StartAsync()
    {
        // Under load on few cores a call may well take longer than a service would wait for.
        var prefix = $"{Guid.NewGuid():N}:";
        return (await CacheProcess.StartAsync(TestServers.RedisPort, prefix, ("Redis:Timeout", "00:00:05")),
            await CacheProcess.StartAsync(TestServers.RedisPort, prefix, ("Redis:Timeout", "00:00:05")));
    }
}
