using System.Globalization;
using System.Text;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Fuzz.Tests.Targets;

/// <summary>
/// An entry of the result cache as it lies in Redis, changed by somebody who may write there: it is no answer, or the one that was stored. The first part of an
/// input, up to a zero, is what lies under the version's key where it is not empty.
/// </summary>
internal sealed class CacheTarget : IFuzzTarget
{
    private static readonly CacheKey Key = CacheKey.Of(new PredictionQuery("BTC", "7d", null));
    private static readonly byte[] Body = """{"symbol":"BTC","timeframe":"7d"}"""u8.ToArray();

    private readonly string _prefix = $"fuzz-{Guid.NewGuid():N}:";
    private ServiceProvider? _services;
    private byte[] _entry = [];

    public IReadOnlyList<byte[]> Seeds => [[0, .. _entry], [.. "0123456789abcdef0123456789abcdef"u8, 0, .. _entry]];

    public long MaxAllocated => long.MaxValue;

    public IReadOnlyList<byte[]> Tokens { get; } =
        [.. new[] { "{", "}", "\"", "\0", "null", "[]", "0123456789abcdef", "\uFEFF" }.Select(Encoding.UTF8.GetBytes)];

    public int LeastOutcomes => 2;

    private IResultCache Cache => _services!.GetRequiredService<IResultCache>();

    private RedisConnection Redis => _services!.GetRequiredService<RedisConnection>();

    public async ValueTask StartAsync()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:Host"] = "127.0.0.1",
            ["Redis:Port"] = TestServers.RedisPort.ToString(CultureInfo.InvariantCulture),
            ["Redis:Prefix"] = _prefix,
            ["Redis:Timeout"] = "00:00:05",
            ["Cache:Secret"] = "a secret of this test, which nobody else has",
        }).Build();
        _services = new ServiceCollection()
            .AddSingleton(TimeProvider.System).AddSingleton(configuration).AddLogging().AddResultCache(configuration).BuildServiceProvider();
        await Redis.StartAsync(CancellationToken.None);
        await Until.True(() => Redis.IsAvailable);
        await Cache.StoreAsync(Key, await Cache.VersionAsync("BTC", CancellationToken.None), Body, TimeSpan.FromMinutes(10), CancellationToken.None);
        _entry = (byte[])(await Redis.AskAsync(database => database.StringGetAsync(Redis.Key(Key.Text)), CancellationToken.None)).Value!;
    }

    public async ValueTask<string> ReadAsync(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)0);
        var (version, entry) = end < 0 ? ([], input) : (input[..end], input[(end + 1)..]);
        await Redis.AskAsync(database => database.StringSetAsync(Redis.Key(Key.Text), entry), CancellationToken.None);
        if (version.Length > 0)
        {
            await Redis.AskAsync(database => database.StringSetAsync(Redis.Key("epoch:BTC"), version), CancellationToken.None);
        }

        var read = await Cache.ReadAsync(Key, CancellationToken.None);
        // What follows a strange version is a new one.
        var next = await Cache.VersionAsync("BTC", CancellationToken.None);
        Assert.True(next.IsShared && next.Token.Length == 32 && next.Token.All(char.IsAsciiHexDigitLower), next.Token);
        Assert.True(read is not { } body || body.Span.SequenceEqual(Body), "what somebody else wrote is served");
        return read is not null ? "read" : $"a miss after {Math.Min(entry.Length, 40)} bytes";
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
    }
}
