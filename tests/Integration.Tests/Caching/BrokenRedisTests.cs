using System.Diagnostics;
using Coinsphere.Messaging.Hosting.Caching;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>Redis is an accelerator: whatever becomes of it, calls end in time with a miss, and it comes back by itself.</summary>
public sealed class BrokenRedisTests : IAsyncLifetime
{
    // What a call takes at most on a machine that is busy with other tests, above the timeout of 100 ms.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private readonly RedisServer _server = new();
    private CacheProcess? _process;

    private CacheProcess Process => _process!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        _process = await CacheProcess.StartAsync(_server.Port, "");
        await Until.True(() => Process.Cache.IsRedisConnected);
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task PausedRedis_IsAMissInTimeAndThenLeftAlone()
    {
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        _server.Pause();
        await InTimeAsync(async () => Assert.Null(await Process.ReadAsync(CacheProcess.Btc)));
        await InTimeAsync(async () => Assert.NotEmpty((await Process.VersionAsync(CacheProcess.Btc)).Token));
        await InTimeAsync(() => Process.StoreAsync(CacheProcess.Btc, "{2}", new CacheVersion(new string('0', 32), IsShared: true)));
        Assert.False(Process.Cache.IsRedisConnected);

        var waited = Stopwatch.StartNew();
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        }

        Assert.True(waited.Elapsed < Bound, $"100 reads past a Redis that is left alone took {waited.Elapsed}");

        _server.Resume();
        await Until.True(() => Process.Cache.IsRedisConnected);
        Assert.Equal(32, (await Process.VersionAsync(CacheProcess.Btc)).Token.Length);
    }

    [Fact]
    public async Task EndThatPausedRedisDidNotTake_IsMadeUpForWhenItIsBack()
    {
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        await Process.StoreAsync(CacheProcess.Eth, "{2}");
        var version = await Process.VersionAsync(CacheProcess.Btc);
        _server.Pause();
        await InTimeAsync(async () => Assert.False(await Process.InvalidateAsync(CacheProcess.Btc)));
        _server.Resume();

        await Until.True(async () => await Process.ReadAsync(CacheProcess.Eth) == "{2}");
        Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        await Until.True(async () => await Process.VersionAsync(CacheProcess.Btc) is { IsShared: true } now && now != version);
        await Process.StoreAsync(CacheProcess.Btc, "{old}", version);
        Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        await Process.StoreAsync(CacheProcess.Btc, "{3}");
        Assert.Equal("{3}", await Process.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task KilledRedis_IsConnectedToAgain()
    {
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        var version = await Process.VersionAsync(CacheProcess.Btc);
        await _server.KillAsync();
        await InTimeAsync(async () => Assert.Null(await Process.ReadAsync(CacheProcess.Btc)));
        await InTimeAsync(async () => Assert.False(await Process.InvalidateAsync(CacheProcess.Btc)));
        await Until.True(() => !Process.Cache.IsRedisConnected);

        await _server.StartAsync();
        await Until.True(() => Process.Cache.IsRedisConnected);
        await Until.True(async () => await Process.VersionAsync(CacheProcess.Btc) is { IsShared: true } now && now != version);
        await Process.StoreAsync(CacheProcess.Btc, "{2}");
        Assert.Equal("{2}", await Process.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task RedisThatComesLater_IsConnectedTo()
    {
        await using var server = new RedisServer();
        await using var process = await CacheProcess.StartAsync(server.Port, "");
        Assert.Null(await process.ReadAsync(CacheProcess.Btc));
        await server.StartAsync();
        await Until.True(() => process.Cache.IsRedisConnected);
    }

    [Fact]
    public async Task FlushedRedis_MissesAndTakesNoAnswerOfBefore()
    {
        var version = await Process.VersionAsync(CacheProcess.Btc);
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        await Process.RawAsync((database, _) => database.ScriptEvaluateAsync("return redis.call('flushall')"));
        Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        await Process.StoreAsync(CacheProcess.Btc, "{1}", version);
        Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        await Process.StoreAsync(CacheProcess.Btc, "{2}");
        Assert.Equal("{2}", await Process.ReadAsync(CacheProcess.Btc));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not ours, and longer than a version, which is 32")]
    [InlineData("VERSION")]
    [InlineData("VERSION{")]
    [InlineData("VERSION[1]")]
    [InlineData("VERSION{\"cut\":")]
    [InlineData("VERSION{\"of\":\"a release without digests\"}")]
    [InlineData("VERSION#")]
    [InlineData("VERSION#0123456789abcdef")]
    [InlineData("VERSION#0123456789abcdef{\"forged\":1}")]
    public async Task GarbageUnderAKey_IsAMiss(string garbage)
    {
        var version = await Process.VersionAsync(CacheProcess.Btc);
        var stored = garbage.Replace("VERSION", version.Token, StringComparison.Ordinal);
        await Process.RawAsync((database, redis) => database.StringSetAsync(redis.Key(CacheProcess.Btc.Text), stored));
        Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Equal("{1}", await Process.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task EntryThatWasCutOrChangedOrMoved_IsAMiss()
    {
        // 100 MB take longer than a service waits.
        await using var patient = await CacheProcess.StartAsync(_server.Port, "", ("Redis:Timeout", "00:00:05"));
        await patient.StoreAsync(CacheProcess.Btc, "{\"price\":1}");
        var entry = await patient.RawAsync(async (database, redis) => (byte[])(await database.StringGetAsync(redis.Key(CacheProcess.Btc.Text)))!);
        var changed = entry.ToArray();
        changed[^2] = (byte)'9';
        foreach (var broken in (byte[][])[entry[..^1], changed, [.. entry, (byte)'}'], [.. entry, .. new byte[100 << 20]]])
        {
            await patient.RawAsync(async (database, redis) => await database.StringSetAsync(redis.Key(CacheProcess.Btc.Text), broken));
            Assert.Null(await patient.ReadAsync(CacheProcess.Btc));
            Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        }

        await patient.RawAsync(async (database, redis) => await database.StringSetAsync(redis.Key(CacheProcess.BtcRisk.Text), entry));
        Assert.Null(await patient.ReadAsync(CacheProcess.BtcRisk));
        await patient.RawAsync(async (database, redis) => await database.StringSetAsync(redis.Key(CacheProcess.Btc.Text), entry));
        Assert.Equal("{\"price\":1}", await patient.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task EntryOfAnotherSecret_IsAMiss_AndIsReplaced()
    {
        await using var one = await CacheProcess.StartAsync(_server.Port, "secret:", ("Cache:Secret", new string('a', 32)));
        await using var other = await CacheProcess.StartAsync(_server.Port, "secret:", ("Cache:Secret", new string('b', 32)));
        await using var without = await CacheProcess.StartAsync(_server.Port, "secret:");
        await without.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Null(await one.ReadAsync(CacheProcess.Btc));
        await one.StoreAsync(CacheProcess.Btc, "{2}");
        Assert.Null(await other.ReadAsync(CacheProcess.Btc));
        Assert.Null(await without.ReadAsync(CacheProcess.Btc));
        Assert.Equal("{2}", await one.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task ListUnderEveryKey_IsAMissAndIsReplaced()
    {
        await Process.RawAsync((database, redis) => database.ListLeftPushAsync(redis.Key(CacheProcess.Btc.Text), "x"));
        await Process.RawAsync((database, redis) => database.ListLeftPushAsync(redis.Key("epoch:BTC"), "x"));
        Assert.Null(await Process.ReadAsync(CacheProcess.Btc));
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Equal("{1}", await Process.ReadAsync(CacheProcess.Btc));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("a version has hex digits, all 32!")]
    public async Task GarbageAsAVersion_IsReplaced(string garbage)
    {
        await Process.RawAsync((database, redis) => database.StringSetAsync(redis.Key("epoch:BTC"), garbage));
        Assert.NotEqual(garbage, (await Process.VersionAsync(CacheProcess.Btc)).Token);
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Equal("{1}", await Process.ReadAsync(CacheProcess.Btc));
    }

    [Fact]
    public async Task FullRedis_StillAnswersReads()
    {
        await Process.StoreAsync(CacheProcess.Btc, "{1}");
        var version = await Process.VersionAsync(CacheProcess.Btc);
        await SetMaxMemoryAsync("1");
        await Process.StoreAsync(CacheProcess.Btc, "{2}");
        for (var i = 0; i < 10; i++)
        {
            await Process.StoreAsync(CacheProcess.Eth, "{3}", version);
        }

        Assert.False(await Process.InvalidateAsync(CacheProcess.Eth));
        Assert.True(Process.Cache.IsRedisConnected);
        Assert.Equal("{1}", await Process.ReadAsync(CacheProcess.Btc));

        await SetMaxMemoryAsync("0");
        await Until.True(async () =>
        {
            await Process.StoreAsync(CacheProcess.Eth, "{4}");
            return await Process.ReadAsync(CacheProcess.Eth) == "{4}";
        });
    }

    [Fact]
    public async Task Versions_ExpireSoThatSymbolsNobodyKnowsTakeNoMemoryForEver()
    {
        await Process.Cache.VersionAsync("NOBODY", TestContext.Current.CancellationToken);
        var left = await Process.RawAsync((database, redis) => database.KeyTimeToLiveAsync(redis.Key("epoch:NOBODY")));
        Assert.InRange(left!.Value, TimeSpan.FromHours(23), TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task LifetimeOfZero_KeepsNoAnswers_ButKnowsTheVersion()
    {
        await using var off = await CacheProcess.StartAsync(_server.Port, "off:", ("Cache:PredictionSeconds", "0"));
        await off.StoreAsync(CacheProcess.Btc, "{1}");
        Assert.Null(await off.ReadAsync(CacheProcess.Btc));
        Assert.Equal(["off:epoch:BTC"], await Process.RawAsync(
            async (database, _) => ((RedisKey[]?)await database.ScriptEvaluateAsync("return redis.call('keys', 'off:*')"))!.Select(key => key.ToString())));
    }

    // The client has no name for this, and a script may not do it: a connection of its own speaks the protocol.
    private async Task SetMaxMemoryAsync(string bytes)
    {
        using var admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{_server.Port},allowAdmin=true");
        await admin.GetServer("127.0.0.1", _server.Port).ConfigSetAsync("maxmemory", bytes);
    }

    private static async Task InTimeAsync(Func<Task> call)
    {
        var waited = Stopwatch.StartNew();
        await call();
        Assert.True(waited.Elapsed < Bound, $"took {waited.Elapsed}");
    }
}
