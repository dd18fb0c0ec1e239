using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>A bar that closes while Redis does not answer.</summary>
public sealed class BarWhileRedisIsPausedTests : IAsyncLifetime
{
    // From Redis's return on.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private readonly RedisServer _server = new();
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync();
        _database = await TestDatabase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task AnswersMadeWithoutTheBar_AreNotServedOnceRedisIsBack()
    {
        await using var worker = await DatabaseWorker.StartAsync(
            _database, "Redis:Host", "127.0.0.1", "Redis:Port", _server.Port.ToString(CultureInfo.InvariantCulture), "Redis:Prefix", "");
        await using var gateway = await CacheProcess.StartAsync(_server.Port, "");
        await Until.True(() => worker.Cache.IsRedisConnected && gateway.Cache.IsRedisConnected);
        await gateway.StoreAsync(CacheProcess.Btc, "{older}");
        await gateway.StoreAsync(CacheProcess.Eth, "{other}");

        _server.Pause();
        await worker.PublishAsync(new PriceBarClosed("BTC", new(2024, 6, 30), 62_000, 63_000, 61_000, 62_500, 1234.5));
        await _database.UntilAsync("select exists (select from price_data where close = 62500)");
        await worker.Harness.GetConsumerHarness<Worker.Consumers.PriceBarConsumer>().Consumed.Any<PriceBarClosed>(TestContext.Current.CancellationToken);
        _server.Resume();
        var back = Stopwatch.StartNew();

        // Longer than the bound, and until both processes talk to Redis again.
        var servedLast = TimeSpan.Zero;
        await Until.True(async () =>
        {
            var asked = back.Elapsed;
            if (await gateway.ReadAsync(CacheProcess.Btc) is not null)
            {
                servedLast = asked;
            }

            return asked > 3 * Bound && worker.Cache.IsRedisConnected && await gateway.ReadAsync(CacheProcess.Eth) == "{other}";
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"served last {servedLast.TotalMilliseconds:0} ms after Redis was back");
        Assert.True(servedLast < Bound, $"an answer made without the bar was served {servedLast.TotalMilliseconds:0} ms after Redis was back");
        Assert.Null(await gateway.ReadAsync(CacheProcess.Btc));
    }
}
