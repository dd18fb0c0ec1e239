using System.Globalization;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>The result cache as one process has it, and a second connection of the test's own.</summary>
internal sealed class CacheProcess : IAsyncDisposable
{
    public static readonly CacheKey Btc = CacheKey.Of(new PredictionQuery("BTC", "7d", null));
    public static readonly CacheKey BtcRisk = CacheKey.Of(new RiskQuery("BTC", null));
    public static readonly CacheKey Eth = CacheKey.Of(new PredictionQuery("ETH", "7d", null));
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ServiceProvider _services;

    private CacheProcess(ServiceProvider services) => _services = services;

    public IResultCache Cache => _services.GetRequiredService<IResultCache>();

    public RedisConnection Redis => _services.GetRequiredService<RedisConnection>();

    /// <summary>What its readiness says of Redis.</summary>
    public IReadOnlyList<string> Notes => _services.GetRequiredService<Conditions>().Notes;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<CacheProcess> StartAsync(int port, string prefix, params (string Key, string Value)[] settings) =>
        StartWithAsync([("Redis:Host", "127.0.0.1"), ("Redis:Port", port.ToString(CultureInfo.InvariantCulture)), ("Redis:Prefix", prefix), .. settings]);

    /// <summary>With every setting the test's own.</summary>
    public static Task<CacheProcess> StartAsync(params (string Key, string Value)[] settings) => StartWithAsync(settings);

    /// <summary>Gateway and worker in one, without Redis.</summary>
    public static Task<CacheProcess> StartInMemoryAsync() => StartWithAsync([]);

    public async Task<string?> ReadAsync(CacheKey key) =>
        await Cache.ReadAsync(key, Cancelled) is { } body ? Encoding.UTF8.GetString(body.Span) : null;

    public ValueTask<CacheVersion> VersionAsync(CacheKey key) => Cache.VersionAsync(key.Symbol, Cancelled);

    public ValueTask<bool> InvalidateAsync(CacheKey key) => Cache.InvalidateAsync(key.Symbol, Cancelled);

    public async Task StoreAsync(CacheKey key, string body, CacheVersion? version = null, TimeSpan? lifetime = null) =>
        await Cache.StoreAsync(key, version ?? await VersionAsync(key), Encoding.UTF8.GetBytes(body), lifetime ?? Lifetime, Cancelled);

    /// <summary>Calls Redis past the cache, under the same prefix.</summary>
    public async Task<T> RawAsync<T>(Func<IDatabase, RedisConnection, Task<T>> call)
    {
        var reply = await Redis.AskAsync(database => call(database, Redis), Cancelled);
        Assert.True(reply.IsAnswered, "Redis did not answer the test");
        return reply.Value!;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static async Task<CacheProcess> StartWithAsync((string Key, string Value)[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System).AddSingleton(configuration).AddLogging().AddResultCacheInMemory(configuration).BuildServiceProvider();
        await services.GetRequiredService<RedisConnection>().StartAsync(Cancelled);
        return new CacheProcess(services);
    }
}
