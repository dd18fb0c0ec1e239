using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using StackExchange.Redis;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>What callers can leave in Redis and in the log.</summary>
[Collection(RunsAlone.Name)]
public sealed class LeftBehindTests(LiveBroker live) : IAsyncLifetime
{
    private const int MaxPastDays = 20;

    private readonly string _prefix = $"{Guid.NewGuid():N}:";
    private ConnectionMultiplexer _redis = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{TestServers.RedisPort}");

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task SymbolsWithoutPrices_LeaveNothingInRedisAndFewLinesInTheLog()
    {
        var folder = Directory.CreateTempSubdirectory("prices-");
        await File.WriteAllLinesAsync(Path.Combine(folder.FullName, "COIN.csv"), Prices(), Cancel);
        await using var worker = await StartWorkerAsync(("Prices__AllowSynthetic", "false"), ("Prices__Folder", folder.FullName));
        await using var gateway = await StartGatewayAsync();
        for (var batch = 0; batch < 5; batch++)
        {
            var symbols = Enumerable.Range(0, 200).Select(i => $"Q{batch}Z{i}").ToArray();
            using var response = await gateway.Http.PostAsJsonAsync("/risk-score/batch", new { symbols }, Cancel);
            var results = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("results").EnumerateArray();
            Assert.All(results, item => Assert.Equal("no_prices", item.GetProperty("refusal").GetProperty("reason").GetString()));
        }

        // Those of the supported symbols are from the worker's start.
        Assert.DoesNotContain(Keys(), key => key.ToString().Contains(":Q", StringComparison.Ordinal));
        Assert.InRange(worker.Output.Split('\n').Length, 1, 40);
        Assert.InRange(gateway.Process.Output.Split('\n').Length, 1, 20);

        // A symbol that has prices is cached as before, although no prediction can be made of it.
        var asked = new { symbol = "COIN", asOf = "2024-06-30" };
        Assert.Equal("miss", await AskAsync(gateway, asked));
        await Until.True(
            () => Keys().Count(key => key.ToString().Contains(":COIN", StringComparison.Ordinal)) == 2, "the answer and the symbol's version are stored");
        Assert.Equal("hit", await AskAsync(gateway, asked));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task PastDaysOfACaller_AreFewAndShortlyInRedisAndAllAnswered()
    {
        await using var worker = await StartWorkerAsync();
        await using var gateway = await StartGatewayAsync(("Cache__MaxPastDays", MaxPastDays.ToString(CultureInfo.InvariantCulture)));
        for (var day = 1; day <= 3 * MaxPastDays; day++)
        {
            var asOf = new DateOnly(2024, 6, 30).AddDays(-day).ToString("O", CultureInfo.InvariantCulture);
            Assert.Equal("miss", await AskAsync(gateway, new { symbol = "BTC", asOf }));
        }

        await Until.True(() => PastDays().Length >= MaxPastDays / 2, "half may be stored at once");
        Assert.InRange(PastDays().Length, MaxPastDays / 2, MaxPastDays);
        Assert.All(PastDays(), key => Assert.InRange(_redis.GetDatabase().KeyTimeToLive(key)!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)));
        // What was asked first is stored; the newest day has no part in this.
        Assert.Equal("hit", await AskAsync(gateway, new { symbol = "BTC", asOf = "2024-06-29" }));
        Assert.Equal("miss", await AskAsync(gateway, new { symbol = "BTC" }));
        await Until.True(async () => await AskAsync(gateway, new { symbol = "BTC" }) == "hit", "the newest day's answer is stored");
    }

    // A year up to the middle of 2024.
    private static IEnumerable<string> Prices()
    {
        yield return "time,open,high,low,close,volume,market_cap";
        var close = 100.0;
        for (var (day, i) = (new DateOnly(2023, 7, 1), 0); day <= new DateOnly(2024, 6, 30); (day, i) = (day.AddDays(1), i + 1))
        {
            var open = close;
            close *= 1 + (0.03 * Math.Sin(i * i));
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{day:O},{open},{1.01 * Math.Max(open, close)},{0.99 * Math.Min(open, close)},{close},{1_000 + (i % 7 * 100)},1000000");
        }
    }

    private static async Task<string> AskAsync(RunningGateway gateway, object body)
    {
        using var response = await gateway.Http.PostAsJsonAsync("/risk-score", body, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        return response.Headers.GetValues("X-Cache").Single();
    }

    private RedisKey[] Keys() => [.. _redis.GetServers().Single().Keys(pattern: $"{_prefix}*")];

    private RedisKey[] PastDays() => [.. Keys().Where(key => key.ToString().Contains("asof", StringComparison.Ordinal))];

    private Task<ServiceProcess> StartWorkerAsync(params (string Key, string Value)[] settings) =>
        ServiceProcess.StartWorkerAsync(live.Server.Url(Broker.Worker), [.. Redis(), .. settings]);

    private async Task<RunningGateway> StartGatewayAsync(params (string Key, string Value)[] settings)
    {
        var (process, http) = await ServiceProcess.StartGatewayAsync(live.Server.Url(Broker.Gateway), [.. Redis(), .. settings]);
        var gateway = new RunningGateway(process, http);
        await gateway.ReadyAsync();
        return gateway;
    }

    // Busy machines may take longer for a call than a service would wait.
    private (string Key, string Value)[] Redis() =>
    [
        ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", TestServers.RedisPort.ToString(CultureInfo.InvariantCulture)), ("Redis__Prefix", _prefix),
        ("Redis__Timeout", "00:00:02"),
    ];
}
